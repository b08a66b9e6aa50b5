/** The largest of each window, channel by channel; the first of several equals takes the whole gradient. */

/** Like `Geometry`, but windows are cut off at the border. Written by TypeScript as i32. */
@unmanaged
export class Pool {
  height: i32
  width: i32
  channels: i32
  outHeight: i32
  outWidth: i32
  windowHeight: i32
  windowWidth: i32
  strideDown: i32
  strideAcross: i32
  /** Rows above and columns to the left of the image. */
  padTop: i32
  padLeft: i32
}

export function maxPool(p: Pool, images: i32, x: usize, y: usize): void {
  const placeBytes = p.channels * 4
  const whole = p.channels & ~3
  for (let image = 0; image < images; image++) {
    for (let down = 0; down < p.outHeight; down++) {
      const top = max(0, down * p.strideDown - p.padTop)
      const bottom = min(p.height, down * p.strideDown - p.padTop + p.windowHeight)
      for (let across = 0; across < p.outWidth; across++) {
        const left = max(0, across * p.strideAcross - p.padLeft)
        const right = min(p.width, across * p.strideAcross - p.padLeft + p.windowWidth)
        const rowStep = p.width * placeBytes
        const first = x + (top * p.width + left) * placeBytes
        const rowBytes = (right - left) * placeBytes
        const end = first + (bottom - top) * rowStep
        let channel = 0
        for (; channel < whole; channel += 4) {
          let most = v128.load(first + channel * 4)
          for (let row = first + channel * 4; row < end; row += rowStep)
            for (let at = row; at < row + rowBytes; at += placeBytes) most = f32x4.pmax(most, v128.load(at))
          v128.store(y, most)
          y += 16
        }
        for (; channel < p.channels; channel++) {
          let most = load<f32>(first + channel * 4)
          for (let row = first + channel * 4; row < end; row += rowStep)
            for (let at = row; at < row + rowBytes; at += placeBytes) {
              const value = load<f32>(at)
              if (most < value) most = value
            }
          store<f32>(y, most)
          y += 4
        }
      }
    }
    x += p.height * p.width * placeBytes
  }
}

/** dx += dy where x is its window's y for the first time. */
export function maxPoolGradient(p: Pool, images: i32, x: usize, y: usize, dy: usize, dx: usize): void {
  const placeBytes = p.channels * 4
  const whole = p.channels & ~3
  const rowStep = p.width * placeBytes
  for (let image = 0; image < images; image++) {
    for (let down = 0; down < p.outHeight; down++) {
      const top = max(0, down * p.strideDown - p.padTop)
      const bottom = min(p.height, down * p.strideDown - p.padTop + p.windowHeight)
      for (let across = 0; across < p.outWidth; across++) {
        const left = max(0, across * p.strideAcross - p.padLeft)
        const right = min(p.width, across * p.strideAcross - p.padLeft + p.windowWidth)
        const first = (top * p.width + left) * placeBytes
        const rowBytes = (right - left) * placeBytes
        const end = first + (bottom - top) * rowStep
        let channel = 0
        for (; channel < whole; channel += 4) {
          const most = v128.load(y)
          let owed = v128.load(dy)
          for (let row = first + channel * 4; row < end; row += rowStep)
            for (let at = row; at < row + rowBytes; at += placeBytes) {
              const here = f32x4.eq(v128.load(x + at), most)
              v128.store(dx + at, f32x4.add(v128.load(dx + at), v128.and(owed, here)))
              owed = v128.andnot(owed, here)
            }
          y += 16
          dy += 16
        }
        for (; channel < p.channels; channel++) {
          const most = load<f32>(y)
          let owed = load<f32>(dy)
          for (let row = first + channel * 4; row < end; row += rowStep)
            for (let at = row; at < row + rowBytes; at += placeBytes)
              if (load<f32>(x + at) === most) {
                store<f32>(dx + at, load<f32>(dx + at) + owed)
                owed = 0
              }
          y += 4
          dy += 4
        }
      }
    }
    x += p.height * rowStep
    dx += p.height * rowStep
  }
}

/**
 * What tfjs's wasm backend (4.22) lacks for training, does slowly or wrongly, made of what it does well: products of
 * transposed matrices, which every gradient of a dense layer is, go through a path ten times slower than others;
 * the gradients of convolution filters and of embeddings are missing; some padded convolutions come out as zeros.
 */
import type { KernelConfig, Tensor, Tensor2D, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core'
import type { Tf } from './backend.ts'

/** Adds them, once. Call it after the backend's package has been loaded. */
export const addWasmGradients = (tf: Tf): void => {
  if (tf.getKernel('Conv2DBackpropFilter', 'wasm')) return
  exchange(tf, 'BatchMatMul', (product) => transposingFirst(tf, product))
  for (const name of ['Conv2D', 'FusedConv2D'])
    exchange(tf, name, (convolution) => paddingExplicitly(tf, convolution))
  tf.registerKernel(convolutionFilterGradient(tf))
  tf.registerKernel(segmentSum(tf))
}

const exchange = (tf: Tf, name: string, by: (kernel: KernelConfig) => KernelConfig): void => {
  const kernel = tf.getKernel(name, 'wasm')
  if (!kernel) return
  tf.unregisterKernel(name, 'wasm')
  tf.registerKernel(by(kernel))
}

/** Told to pad to the `same` size, the backend answers zeros where strides are larger than the filter. */
const paddingExplicitly = (tf: Tf, convolution: KernelConfig): KernelConfig => ({
  ...convolution,
  kernelFunc(call) {
    const { strides, pad, dilations, dimRoundingMode } = call.attrs as unknown as ConvolutionAttributes
    const { x, filter } = tensorsOf<{ x: Tensor4D; filter: Tensor4D }>(call.inputs)
    if (pad !== 'same') return convolution.kernelFunc(call)
    const { padInfo } = tf.backend_util.computeConv2DInfo(
      x.shape,
      filter.shape,
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
    )
    return convolution.kernelFunc({ ...call, attrs: { ...call.attrs, pad: paddingOf(padInfo) } })
  },
})

const paddingOf = ({ top, bottom, left, right }: Sides): [Pair, Pair, Pair, Pair] => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
]

type Pair = [number, number]
type Sides = { top: number; bottom: number; left: number; right: number }

/**
 * Transposes, then multiplies. Of Aᵀ·B and A·Bᵀ the smaller matrix is the one to be transposed, since
 * A·Bᵀ = (B·Aᵀ)ᵀ and the product is as small as the batch.
 */
const transposingFirst = (tf: Tf, product: KernelConfig): KernelConfig => ({
  ...product,
  kernelFunc(call) {
    const { a, b } = tensorsOf<{ a: Tensor2D; b: Tensor2D }>(call.inputs)
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean }
    if ((!transposeA && !transposeB) || a.shape.length !== 2 || b.shape.length !== 2)
      return product.kernelFunc(call)
    return tf.tidy(() => {
      if (transposeA && transposeB) return tf.transpose(tf.matMul(b, a))
      if (transposeA) return tf.matMul(tf.transpose(a), b)
      return a.size < b.size ? tf.transpose(tf.matMul(b, tf.transpose(a))) : tf.matMul(a, tf.transpose(b))
    })
  },
})

/**
 * ∂L/∂W of y = x ∗ W is itself a convolution: of x, with examples and channels exchanged, by ∂L/∂y, whose steps are
 * as far apart as the strides were.
 */
const convolutionFilterGradient = (tf: Tf): KernelConfig => ({
  kernelName: 'Conv2DBackpropFilter',
  backendName: 'wasm',
  kernelFunc({ inputs, attrs }) {
    const { x, dy } = tensorsOf<{ x: Tensor4D; dy: Tensor4D }>(inputs)
    const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as ConvolutionAttributes
    const { padInfo, strideHeight, strideWidth } = tf.backend_util.computeConv2DInfo(
      x.shape,
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
    )
    return tf.tidy(() => {
      const gradient = tf.conv2d(
        tf.transpose(x, [3, 1, 2, 0]) as Tensor4D,
        tf.transpose(dy, [1, 2, 0, 3]) as Tensor4D,
        1,
        paddingOf(padInfo),
        'NHWC',
        [strideHeight, strideWidth],
      )
      // Where strides leave a remainder, the last rows and columns are of positions that no filter has.
      const [height, width] = filterShape
      const [channels, , , filters] = gradient.shape
      return tf.transpose(tf.slice(gradient, [0, 0, 0, 0], [channels, height, width, filters]), [1, 2, 0, 3])
    })
  },
})

type Size = [number, number, number, number]
type ConvolutionAttributes = {
  strides: number | [number, number]
  pad: 'valid' | 'same' | number
  dilations?: number | [number, number]
  dimRoundingMode: 'floor' | 'round' | 'ceil'
  filterShape: Size
}

/** The gradient of a lookup by index: adds up the rows that were looked up by the same one. */
const segmentSum = (tf: Tf): KernelConfig => ({
  kernelName: 'UnsortedSegmentSum',
  backendName: 'wasm',
  kernelFunc({ inputs, attrs }) {
    const { x, segmentIds } = tensorsOf<{ x: Tensor; segmentIds: Tensor }>(inputs)
    const { numSegments } = attrs as { numSegments: number }
    const values = x.dataSync()
    const ids = segmentIds.dataSync()
    const width = x.size / ids.length
    const sums = new Float32Array(numSegments * width)
    for (let row = 0; row < ids.length; row++) {
      const to = (ids[row] ?? -1) * width
      if (to < 0 || to >= sums.length) continue
      for (let column = 0; column < width; column++)
        sums[to + column] = (sums[to + column] ?? 0) + (values[row * width + column] ?? 0)
    }
    return tf.tensor(sums, [numSegments, ...x.shape.slice(segmentIds.shape.length)])
  },
})

/** The engine hands tensors to kernels, though its types promise less. */
const tensorsOf = <T extends Record<string, Tensor>>(inputs: Record<string, TensorInfo | undefined>) =>
  inputs as unknown as T

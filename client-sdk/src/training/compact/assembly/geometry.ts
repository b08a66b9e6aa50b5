/** Where a window slides over images of `channels` values a place. Written by TypeScript, field by field, as u32. */
@unmanaged
export class Geometry {
  /** Bytes from image to image, and from row to row within one. */
  imageBytes: u32
  rowBytes: u32
  /** Bytes from one position of the window to the next, down and across. */
  stepDown: u32
  stepAcross: u32
  /** Positions of the window. */
  outHeight: u32
  outWidth: u32
  windowHeight: u32
  /** Values in one row of the window: its width times the channels of the input. */
  windowRow: u32
  outChannels: u32
}

/** `dense_1/kernel` is of the layer `dense_1`. */
export const layerOf = (tensor: string): string => {
  const end = tensor.lastIndexOf('/')
  return end < 0 ? tensor : tensor.slice(0, end)
}

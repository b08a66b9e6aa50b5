/** Values summed in float32 before the float64 sum takes over, in both implementations of `gram`. */
export const gramTileLength = 1024

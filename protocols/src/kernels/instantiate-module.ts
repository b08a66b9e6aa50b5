/**
 * Compiles and instantiates the module. Undefined where the engine has no WebAssembly, no SIMD, or may not compile (a
 * page's content security policy without 'wasm-unsafe-eval').
 */
export async function instantiateModule(base64: string): Promise<WebAssembly.Exports | undefined> {
  const bytes = decodeBase64(base64)
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(bytes)) return undefined
  const instantiated = await WebAssembly.instantiate(bytes).catch((error: unknown) => {
    if (error instanceof WebAssembly.CompileError) return undefined
    throw error
  })
  return instantiated?.instance.exports
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

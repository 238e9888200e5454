/** The address at which the bundler of the browser tests serves a file. */
declare module '*.wasm?url' {
  const url: string
  export default url
}

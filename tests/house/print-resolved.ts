/** Prints, as JSON, where plain Node finds each module named on the command line. */
console.log(JSON.stringify(process.argv.slice(2).map((specifier) => import.meta.resolve(specifier))))

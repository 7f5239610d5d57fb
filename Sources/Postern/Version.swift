/// The version of Postern; semantic versioning.
let version: StaticString = "0.1.0"

package import Bytes
internal import CYAML

/// libyaml, which `postern import` loads.
package enum YAMLLibrary {
  /// The version of the installed one, which is loaded for a moment; `nil` without one.
  package static var version: Text? {
    var version = [CChar](repeating: 0, count: 32)
    guard cyaml_version(&version, version.count) else { return nil }
    return Text(cString: version)
  }
}

import Bytes

/// A file that a configuration names, as it was when it was read.
public struct ReferencedFile: Equatable, Sendable {
  /// The absolute path.
  public let path: [UInt8]
  /// A hash of the contents; `nil` if the file could not be read.
  let hash: UInt64?

  init(_ path: [UInt8], _ result: ConfigurationSources.File) {
    self.path = path
    guard case .contents(let contents) = result else {
      hash = nil
      return
    }
    var hash = SipHash.unkeyed
    hash.combine(contents.span)
    self.hash = hash.finish()
  }
}

public import Bytes

/// Where the configuration's `${…}` and `system_file` come from: the process's environment and files.
///
/// Passed in, because reading them is the platform's business and tests bring their own.
public struct ConfigurationSources {
  /// What became of reading a file.
  public enum File {
    /// The whole contents.
    case contents([UInt8])
    /// Nothing, and why, in words that can end a message: `No such file or directory`.
    case unreadable(reason: [UInt8])
  }

  /// The value of an environment variable, or `nil` if it is not set.
  public let environment: (_ name: [UInt8]) -> [UInt8]?

  /// Reads the file at an absolute path. A file larger than `limit` bytes is to be given as unreadable;
  /// one that is no regular file may be, for it could block or never end.
  public let file: (_ path: [UInt8], _ limit: Int) -> File

  /// Why a certificate chain and a key, the contents of files, cannot serve as a TLS identity; `nil` if they can.
  public let identityFault: (_ certificate: [UInt8], _ key: [UInt8]) -> Text?

  /// Sources that look up with these functions, all of them only while a configuration is loaded.
  public init(
    environment: @escaping (_ name: [UInt8]) -> [UInt8]?,
    file: @escaping (_ path: [UInt8], _ limit: Int) -> File,
    identityFault: @escaping (_ certificate: [UInt8], _ key: [UInt8]) -> Text? = { _, _ in nil }
  ) {
    self.environment = environment
    self.file = file
    self.identityFault = identityFault
  }
}

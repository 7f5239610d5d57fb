public import Bytes

/// The environment, the files and the libraries that a configuration is read and checked with.
///
/// They are passed in, because other rooms own them and tests have their own.
public struct ConfigurationSources {
  /// The result of reading a file.
  public enum File {
    /// The whole contents.
    case contents([UInt8])
    /// Nothing, and the reason, in words that can end a message: `No such file or directory`.
    case unreadable(reason: [UInt8])
  }

  /// The value of an environment variable, or `nil` if it is not set.
  public let environment: (_ name: [UInt8]) -> [UInt8]?

  /// Reads the file at an absolute path. A file larger than `limit` bytes is unreadable. One that is not a
  /// regular file may be, because it could block or never end.
  public private(set) var file: (_ path: [UInt8], _ limit: Int) -> File

  /// Why a certificate chain and a key, the contents of files, cannot serve as a TLS identity; `nil` if they can.
  public let identityFault: (_ certificate: [UInt8], _ key: [UInt8]) -> Text?

  /// Whether the HTTP server can serve HTTPS.
  public let servesTLS: Bool

  /// Facts of the first certificate of a text in PEM; `nil` without a readable one.
  public let certificateFacts: (_ pem: [UInt8]) -> CertificateFacts?

  /// Whether every user of the host may read the file at a path.
  public let isReadableByAll: (_ path: [UInt8]) -> Bool

  /// The current time, in seconds since 1970.
  public let now: () -> Int

  /// Why the HTTP client cannot read a URL; `nil` if it can.
  public let urlFault: (_ url: [UInt8]) -> Text?

  /// Why no file can be at an absolute path, in words that can end a message; `nil` if one can.
  public let fileFault: (_ path: [UInt8]) -> Text?

  /// Reads the files under and over the configuration file, as they are now.
  package private(set) var layers: () -> ConfigurationLayers

  /// Where layers may be, now or later: paths of files, and of folders with a slash at the end.
  package let layerPaths: [[UInt8]]

  /// Whether every user of the host may read the configuration itself.
  public let isOpen: Bool

  /// Whether a `${…}` without a value is left alone, because it may have one where the gateway runs.
  public let leavesUnresolved: Bool

  /// Whether sections, settings and words that this version does not know are ignored with a warning.
  public let ignoresUnknown: Bool

  /// Sources with these functions, which are called only while a configuration is loaded.
  public init(
    environment: @escaping (_ name: [UInt8]) -> [UInt8]?,
    file: @escaping (_ path: [UInt8], _ limit: Int) -> File,
    identityFault: @escaping (_ certificate: [UInt8], _ key: [UInt8]) -> Text? = { _, _ in nil },
    servesTLS: Bool = true,
    certificateFacts: @escaping (_ pem: [UInt8]) -> CertificateFacts? = { _ in nil },
    isReadableByAll: @escaping (_ path: [UInt8]) -> Bool = { _ in false },
    now: @escaping () -> Int = { 0 },
    urlFault: @escaping (_ url: [UInt8]) -> Text? = { _ in nil },
    fileFault: @escaping (_ path: [UInt8]) -> Text? = { _ in nil },
    layers: @escaping () -> ConfigurationLayers = { ConfigurationLayers(name: []) },
    layerPaths: [[UInt8]] = [], isOpen: Bool = false, leavesUnresolved: Bool = false,
    ignoresUnknown: Bool = false
  ) {
    self.environment = environment
    self.file = file
    self.identityFault = identityFault
    self.servesTLS = servesTLS
    self.certificateFacts = certificateFacts
    self.isReadableByAll = isReadableByAll
    self.now = now
    self.urlFault = urlFault
    self.fileFault = fileFault
    self.layers = layers
    self.layerPaths = layerPaths
    self.isOpen = isOpen
    self.leavesUnresolved = leavesUnresolved
    self.ignoresUnknown = ignoresUnknown
  }

  /// The same sources, which record in `files` what is read.
  func recording(in files: FileRecord) -> ConfigurationSources {
    var sources = self
    sources.file = { [file] path, limit in
      let result = file(path, limit)
      files.note(path, result)
      return result
    }
    sources.layers = { [layers] in
      let result = layers()
      for layer in result.all { files.note(layer.path, layer.file) }
      return result
    }
    return sources
  }
}

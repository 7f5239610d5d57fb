import Bytes
import Configuration
import Cryptography
import HTTPClient
import HTTPServer
import Platform
import Storage

/// Where the configuration comes from.
enum ConfigurationFile {
  /// A file, by the name that messages use.
  case path([UInt8])
  /// Standard input.
  case standardInput
  /// The built-in default, which equals an empty file: no file was named, and the standard one is absent.
  case builtIn
  /// What the standard file's layers have. No file was named, and the standard one, this path, is absent.
  case layers([UInt8])

  /// The path of the standard file.
  static let standard: StaticString = "/etc/postern/postern.conf"

  /// Finds the file: `-c`, else `$POSTERN_CONFIG`, else /etc/postern/postern.conf if it is there.
  init(option: [UInt8]?) {
    if let option {
      self = option.span.equals("-") ? .standardInput : .path(option)
    } else if let variable = Environment.variable([UInt8]("POSTERN_CONFIG")), !variable.isEmpty {
      self = variable.span.equals("-") ? .standardInput : .path(variable)
    } else {
      let standard = [UInt8](Self.standard)
      let layers = LayerPlaces(path: standard, name: standard)
      self =
        !File.isAbsent(standard)
        ? .path(standard) : layers.read().all.isEmpty ? .builtIn : .layers(standard)
    }
  }

  /// The name in messages.
  var name: [UInt8] {
    switch self {
    case .path(let path), .layers(let path): path
    case .standardInput: [UInt8]("<stdin>")
    case .builtIn: [UInt8]("<built-in>")
    }
  }

  /// The path of the file, which may be absent; `nil` where a file can neither be read again nor changed.
  var path: [UInt8]? {
    switch self {
    case .path(let path), .layers(let path): path
    case .standardInput, .builtIn: nil
    }
  }

  /// The identity of the file now; `nil` without a file.
  var identity: FileIdentity? {
    if case .path(let path) = self { FileIdentity(at: path) } else { nil }
  }

  /// Cleans up what a crash during a change has left beside the file. If that fails, nothing is lost.
  func cleanUp() -> FileReplacement.Remains {
    guard case .path(let path) = self else { return .none }
    return (try? FileReplacement.cleanUp(after: path)) ?? .none
  }

  /// Loads it, and writes every finding to standard error, a line each. `nil` if it cannot be read; that is written
  /// there, too.
  ///
  /// With `leavesUnresolved`, a `${…}` that has no value here is left alone; with `ignoresUnknown`, what this version does
  /// not know. With `logsWarnings`, the caller logs the warnings of a valid file, and they are not written here.
  func load(
    leavesUnresolved: Bool = false, ignoresUnknown: Bool = false, logsWarnings: Bool = false
  ) -> ConfigurationReport? {
    do throws(SystemError) {
      let sources = sources(
        leavesUnresolved: leavesUnresolved, ignoresUnknown: ignoresUnknown)
      let report = Configuration.load(try read(), from: sources)
      if !logsWarnings || report.configuration == nil {
        Console.complain(report.messages(file: name))
      }
      return report
    } catch {
      Console.complain("\(name): \(error.readingReason)")
      return nil
    }
  }

  /// Reads it.
  func read() throws(SystemError) -> [UInt8] {
    switch self {
    case .path(let path): try File.read(path, limit: INIDocument.readingLimit)
    case .standardInput: try File.readStandardInput(limit: INIDocument.readingLimit)
    case .builtIn, .layers: []
    }
  }

  /// The environment and the files of the process, for this file.
  func sources(
    leavesUnresolved: Bool = false, ignoresUnknown: Bool = false
  ) -> ConfigurationSources {
    var isOpen = false
    if case .path(let path) = self { isOpen = File.isReadableByAll(path) }
    return sources(
      isOpen: isOpen, leavesUnresolved: leavesUnresolved, ignoresUnknown: ignoresUnknown
    ) { (path, limit) throws(SystemError) in try File.read(path, limit: limit) }
  }

  /// The same for a running gateway: regular files only, because reading others could block.
  func regularSources(ignoresUnknown: Bool) -> ConfigurationSources {
    sources(ignoresUnknown: ignoresUnknown) { (path, limit) throws(SystemError) in
      try FileSnapshot(of: path, limit: limit).contents
    }
  }

  private func sources(
    isOpen: Bool = false, leavesUnresolved: Bool = false, ignoresUnknown: Bool,
    reading read: @escaping (_ path: [UInt8], _ limit: Int) throws(SystemError) -> [UInt8]
  ) -> ConfigurationSources {
    let places = LayerPlaces(path: path, name: name)
    return ConfigurationSources(
      environment: { Environment.variable($0) },
      file: { path, limit in
        do throws(SystemError) {
          return .contents(try read(path, limit))
        } catch {
          let reason: Text = error.isTooLarge ? "it has more than \(limit) bytes" : error.reason
          return .unreadable(reason: reason.bytes)
        }
      },
      identityFault: { TLSIdentity.fault(certificate: $0, key: $1) },
      servesTLS: HTTPServer.servesTLS,
      certificateFacts: { TLSCertificate(pem: $0).map(CertificateFacts.init) },
      isReadableByAll: { File.isReadableByAll($0) },
      now: { Int(clamping: WallTime.now.milliseconds / 1000) },
      urlFault: { Upstream.fault(ofURL: $0) }, fileFault: { fault(ofFile: $0) },
      layers: { places.read() }, layerPaths: places.paths, isOpen: isOpen,
      leavesUnresolved: leavesUnresolved, ignoresUnknown: ignoresUnknown)
  }
}

extension ConfigurationFile {
  /// Why no file of Postern's can be at a path: its folder is missing, or the path is a folder or this file.
  private func fault(ofFile path: [UInt8]) -> Text? {
    if case .path(let own) = self, File.resolve(own) == File.resolve(path) {
      return "it is the configuration file; name another one"
    }
    if File.exists(path + [UInt8]("/.")) { return "it is a folder; name a file in it" }
    let folder = Array(path[..<(path.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
    guard !folder.isEmpty, File.isAbsent(folder) else { return nil }
    return "the folder \(folder) does not exist; make it, or name another one"
  }
}

extension CertificateFacts {
  fileprivate init(_ certificate: TLSCertificate) {
    let key: Text = "a key of \(certificate.keyAlgorithm) with \(certificate.keyBits) bits"
    self.init(
      validity: CertificateValidity(start: certificate.activation, end: certificate.expiration),
      weakKey: certificate.hasWeakKey ? key : nil,
      hasWeakSignature: certificate.hasWeakSignature)
  }
}

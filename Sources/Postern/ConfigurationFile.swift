import Bytes
import Configuration
import Platform

/// Where the configuration comes from.
enum ConfigurationFile {
  /// A file, by the name that messages give it.
  case path([UInt8])
  /// Standard input.
  case standardInput
  /// No file anywhere, and none asked for: the built-in default, which is what an empty file means.
  case builtIn

  /// Finds the file: `-c`, else `$POSTERN_CONFIG`, else /etc/postern/postern.conf if it is there.
  init(option: [UInt8]?) {
    if let option {
      self = option.span.equals("-") ? .standardInput : .path(option)
    } else if let variable = Environment.variable([UInt8]("POSTERN_CONFIG")), !variable.isEmpty {
      self = variable.span.equals("-") ? .standardInput : .path(variable)
    } else {
      let standard = [UInt8]("/etc/postern/postern.conf")
      self = File.exists(standard) ? .path(standard) : .builtIn
    }
  }

  /// The name in messages.
  var name: [UInt8] {
    switch self {
    case .path(let path): path
    case .standardInput: [UInt8]("<stdin>")
    case .builtIn: [UInt8]("<built-in>")
    }
  }

  /// Which file it is now; `nil` for none.
  var identity: FileIdentity? {
    if case .path(let path) = self { FileIdentity(at: path) } else { nil }
  }

  /// Cleans up what a crash in the middle of a change has left beside it. Where that fails, nothing is lost.
  func cleanUp() -> FileReplacement.Remains {
    guard case .path(let path) = self else { return .none }
    return (try? FileReplacement.cleanUp(after: path)) ?? .none
  }

  /// The most that is read: more than is allowed, so that it is the loader that sees that there is too much.
  static let readingLimit = 2 << 20

  /// Its text.
  func read() throws(SystemError) -> [UInt8] {
    switch self {
    case .path(let path): try File.read(path, limit: ConfigurationFile.readingLimit)
    case .standardInput: try File.readStandardInput(limit: ConfigurationFile.readingLimit)
    case .builtIn: []
    }
  }

  /// The process's environment and files.
  static var sources: ConfigurationSources {
    ConfigurationSources(
      environment: { Environment.variable($0) },
      file: { path, limit in
        do throws(SystemError) {
          return .contents(try File.read(path, limit: limit))
        } catch {
          return .unreadable(reason: error.reason.bytes)
        }
      })
  }

  /// The same for a gateway that serves: regular files alone, for others might keep it waiting.
  static var regularSources: ConfigurationSources {
    ConfigurationSources(
      environment: { Environment.variable($0) },
      file: { path, limit in
        do throws(SystemError) {
          return .contents(try FileSnapshot(of: path, limit: limit).contents)
        } catch {
          return .unreadable(reason: error.reason.bytes)
        }
      })
  }
}

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

  /// Reads and loads it; complains where it cannot be read.
  func load() -> ConfigurationReport? {
    do throws(SystemError) {
      return Configuration.load(try contents(), from: ConfigurationFile.sources)
    } catch {
      Console.complain("\(text(name)): \(error.reason)")
      return nil
    }
  }

  private func contents() throws(SystemError) -> [UInt8] {
    // One byte more than is allowed, so that the loader sees that there is too much and says so.
    let limit = 2 << 20
    return switch self {
    case .path(let path): try File.read(path, limit: limit)
    case .standardInput: try File.readStandardInput(limit: limit)
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
          return .unreadable(reason: error.reason)
        }
      })
  }
}

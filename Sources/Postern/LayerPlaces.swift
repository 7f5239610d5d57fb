import Bytes
import Configuration
import Platform
import Storage

/// Where the files under and over a configuration file are.
///
/// `$POSTERN_DEFAULTS` and `$POSTERN_CONF_D` name a file and a folder, for every configuration; empty for none. Without
/// them, a file that is called `postern.conf` has the folder `conf.d` beside it, and /etc/postern/postern.conf has
/// /usr/share/postern/defaults.conf under it. So a file elsewhere never gets settings of the host.
struct LayerPlaces {
  /// The file under the configuration file; `nil` for none.
  private let defaults: [UInt8]?
  /// The folder with the files over it, with a slash at its end; `nil` for none.
  private let folder: [UInt8]?
  /// The configuration file in messages.
  private let name: [UInt8]

  /// The most files of the folder.
  private static let most = 256

  /// The places for a configuration file; `path` is `nil` without one.
  init(path: [UInt8]?, name: [UInt8]) {
    self.name = name
    var (defaults, folder): ([UInt8]?, [UInt8]?)
    if let path, path.span.extracting(last: 13).equals("/postern.conf") || Self.isBare(path) {
      folder = Array(path.dropLast(12)) + [UInt8]("conf.d")
      if path.span.equals(ConfigurationFile.standard) {
        defaults = [UInt8]("/usr/share/postern/defaults.conf")
      }
    }
    if let variable = Environment.variable([UInt8]("POSTERN_DEFAULTS")) { defaults = variable }
    if let variable = Environment.variable([UInt8]("POSTERN_CONF_D")) { folder = variable }
    self.defaults = defaults?.isEmpty == true ? nil : defaults
    if var path = folder, !path.isEmpty {
      if path.last != UInt8(ascii: "/") { path.append("/") }
      self.folder = path
    } else {
      self.folder = nil
    }
  }

  /// Whether a path is the name alone, in the current folder.
  private static func isBare(_ path: [UInt8]) -> Bool { path.span.equals("postern.conf") }

  /// The places as sources have them.
  var paths: [[UInt8]] { [defaults, folder].compactMap { $0 } }

  /// Reads the files that are there. Blocks.
  func read() -> ConfigurationLayers {
    var (below, above): ([ConfigurationLayers.Layer], [ConfigurationLayers.Layer]) = ([], [])
    if let defaults, !File.isAbsent(defaults) { below.append(Self.layer(defaults)) }
    if let folder, !File.isAbsent(folder) {
      do throws(SystemError) {
        for name in try File.names(in: folder, endingIn: ".conf").prefix(Self.most) {
          above.append(Self.layer(folder + name))
        }
      } catch {
        above.append(Self.unreadable(folder, error.reason))
      }
    }
    return ConfigurationLayers(name: name, below: below, above: above)
  }

  private static func layer(_ path: [UInt8]) -> ConfigurationLayers.Layer {
    do throws(SystemError) {
      let file = try FileSnapshot(of: path, limit: INIDocument.maximumSize)
      return ConfigurationLayers.Layer(path: path, file: .contents(file.contents))
    } catch {
      return unreadable(path, error.readingReason)
    }
  }

  private static func unreadable(_ path: [UInt8], _ reason: Text) -> ConfigurationLayers.Layer {
    ConfigurationLayers.Layer(path: path, file: .unreadable(reason: reason.bytes))
  }
}

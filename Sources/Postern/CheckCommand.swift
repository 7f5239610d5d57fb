import Bytes
import Configuration

/// `postern check`: validates a configuration.
struct CheckCommand {
  let file: [UInt8]?
  let prints: Bool

  func perform() -> ExitStatus {
    let source = ConfigurationFile(option: file)
    guard let loaded = LoadedConfiguration(source) else { return .failure }
    guard loaded.configuration != nil else { return .failure }
    if prints {
      Console.print(loaded.report.effectiveText())
    } else {
      Console.print("\(source.name): valid")
    }
    return .success
  }
}

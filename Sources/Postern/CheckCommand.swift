import Bytes
import Configuration

/// `postern check`: validates a configuration.
struct CheckCommand {
  let file: [UInt8]?
  let prints: Bool

  func perform() -> ExitStatus {
    let source = ConfigurationFile(option: file)
    guard let report = source.load(), report.configuration != nil else { return .failure }
    let text = prints ? report.effectiveText() : ("\(source.name): valid\n" as Text).bytes
    return Console.print(text) ? .success : .failure
  }
}

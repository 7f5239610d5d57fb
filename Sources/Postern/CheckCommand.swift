import Bytes
import Configuration

/// `postern check`: validates a configuration.
struct CheckCommand {
  let file: [UInt8]?
  let prints: Bool
  /// Whether a `${…}` without a value here is not an error.
  let needsNoSecrets: Bool
  /// Whether what this version does not know is ignored.
  let ignoresUnknown: Bool

  func perform() -> ExitStatus {
    let source = ConfigurationFile(option: file)
    guard
      let report = source.load(
        leavesUnresolved: needsNoSecrets, ignoresUnknown: ignoresUnknown), report.isValid
    else { return .failure }
    if prints {
      let text = report.effectiveText(control: ControlSocket.standardPath)
      return Console.print(text) ? .success : .failure
    }
    var text: Text = "\(source.name): valid"
    switch report.unresolved {
    case 0: break
    case 1: text += "; 1 value was not checked, because its ${…} is unknown here"
    case let count:
      text += "; \(count) values were not checked, because their ${…} are unknown here"
    }
    return Console.print(text.bytes + [UInt8(ascii: "\n")]) ? .success : .failure
  }
}

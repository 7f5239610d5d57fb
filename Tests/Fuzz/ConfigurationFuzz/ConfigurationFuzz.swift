import Bytes
import Configuration

/// libFuzzer calls this with each input; a failed precondition is a finding.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(start: UnsafePointer<UInt8>?, count: Int) -> Int32 {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let document = INIDocument(parsing: bytes)
  precondition(document.bytes == bytes, "lines keep every byte")
  let report = Configuration.load(bytes, from: sources)
  checkFindings(report, lines: document.lines.count)
  if report.configuration != nil { checkEffectiveText(report) }
  return 0
}

/// A few variables and files, one of each with what no value may hold.
private var sources: ConfigurationSources {
  ConfigurationSources(
    environment: { name in
      switch String(decoding: name, as: UTF8.self) {
      case "KEY": Array("0123456789abcdef".utf8)
      case "LINES": Array("one\r\ntwo\n".utf8)
      case "BAD": [0x61, 0, 0xFF]
      case "CREDENTIALS_DIRECTORY": Array("/run".utf8)
      default: nil
      }
    },
    file: { path, limit in
      switch path.count % 3 {
      case 0: .unreadable(reason: Array("No such file".utf8))
      case 1: .contents(Array("text\n".utf8))
      default: .contents([0xC3])
      }
    })
}

/// Findings are text of one line each, sorted by line of the file. Errors make it invalid.
private func checkFindings(_ report: ConfigurationReport, lines: Int) {
  var last = 1
  var hasErrors = false
  for finding in report.findings {
    precondition(last <= finding.line && finding.line <= lines, "by line of the file")
    last = finding.line
    let message = finding.message.bytes
    precondition(!message.isEmpty && message.span.firstInvalidUTF8() == nil)
    precondition(message.allSatisfy { !$0.isControl }, "on one line")
    if finding.severity == .error { hasErrors = true }
  }
  precondition(hasErrors == (report.configuration == nil))
}

/// The effective configuration is a file again: it says the same, and only its masks may be invalid.
private func checkEffectiveText(_ report: ConfigurationReport) {
  let text = report.effectiveText()
  let document = INIDocument(parsing: text)
  let again = Configuration.load(text, from: sources)
  for finding in again.findings where finding.severity == .error {
    let line = document.lines[finding.line - 1].bytes
    precondition(line.suffix(7).elementsEqual("= ****\n".utf8), "only masks are not valid")
  }
  if again.configuration != nil {
    let twice = INIDocument(parsing: again.effectiveText())
    precondition(settings(of: twice) == settings(of: document), "printed twice, it is the same")
  }
}

/// The keys and values, in an order that does not depend on their origin.
private func settings(of document: INIDocument) -> [String] {
  var section = ""
  var settings: [String] = []
  for line in document.lines {
    let text = String(decoding: line.bytes, as: UTF8.self)
    if case .section = line.content { section = text }
    if case .key = line.content { settings.append(section + text) }
  }
  return settings.sorted()
}

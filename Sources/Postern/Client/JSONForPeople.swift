import Bytes
import JSON

/// The text of a value, for a terminal; empty for any other value.
@inline(never)
func printable(_ value: JSONValue?) -> [UInt8] {
  var text: [UInt8] = []
  text.append(printable: value?.string ?? [])
  return text
}

/// The member of an object that is an integer, else 0.
@inline(never)
func integer(_ object: JSONValue, _ name: StaticString) -> Int { object[name]?.integer ?? 0 }

/// The elements of an array; none for any other value.
@inline(never)
func elements(_ array: JSONValue?) -> [JSONValue] {
  var elements: [JSONValue] = []
  if let array {
    for element in array.elements { elements.append(element) }
  }
  return elements
}

/// The content of a message, for a terminal: its text with its lines, and the names of other parts.
@inline(never)
func contentText(_ content: JSONValue?) -> [UInt8] {
  var text: [UInt8] = []
  if let whole = content?.string {
    text.append(printable: whole, lineBreak: "\n")
    return text
  }
  for part in elements(content) {
    if !text.isEmpty { text.append("\n") }
    if let words = part["text"]?.string {
      text.append(printable: words, lineBreak: "\n")
    } else {
      text += ("[\(printable(part["type"]))]" as Text).bytes
    }
  }
  return text
}

/// An attempt in a line: `gpt timeout (504) 30s: what to do about it`.
@inline(never)
func attemptText(_ attempt: JSONValue) -> Text {
  var text: Text = "\(printable(attempt["integration"])) \(printable(attempt["outcome"]))"
  if let status = attempt["status"]?.integer { text += " (\(status))" }
  text += " \(ShortText.duration(integer(attempt, "duration_ms")))"
  if attempt["message"]?.string != nil { text += ": \(printable(attempt["message"]))" }
  return text
}

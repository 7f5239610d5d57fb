import Bytes
import JSON

/// libFuzzer calls this with each input; a failed precondition is a finding.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(start: UnsafePointer<UInt8>?, count: Int) -> Int32 {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let complaint = validate(bytes)
  do throws(JSONError) {
    let document = try JSONDocument(bytes)
    precondition(complaint == nil, "a kept text is judged like one that is not kept")
    checkNavigation(document)
    checkRewriting(document)
    checkCutting(document)
  } catch {
    precondition(complaint == error, "a text that is not kept is judged like one that is")
    precondition(0...count ~= error.position)
    precondition(!error.message(in: bytes.span).bytes.isEmpty)
  }
  checkEscaping(bytes)
  return 0
}

private func validate(_ bytes: [UInt8]) -> JSONError? {
  do throws(JSONError) {
    try JSONDocument.validate(bytes.span)
    return nil
  } catch {
    return error
  }
}

/// The parts that navigation returns, joined again, are the text without its white space: no byte
/// is left out or belongs to two values.
private func checkNavigation(_ document: JSONDocument) {
  var writer = JSONWriter()
  writer.copy(document.root)
  precondition(writer.finish() == withoutSpace(document.bytes), "navigation covers every byte")
}

/// A value that is written again is valid, and means the same.
private func checkRewriting(_ document: JSONDocument) {
  let once = rewrite(document)
  precondition(validate(once) == nil, "what is written is valid")
  guard let again = try? JSONDocument(once) else { return }
  precondition(rewrite(again) == once, "what was written reads as what was meant")
}

/// A text that ends in a bracket or a quote is incomplete without it.
private func checkCutting(_ document: JSONDocument) {
  let root = document.root
  guard root.kind == .object || root.kind == .array || root.kind == .string else { return }
  let cut = Array(root.raw.dropLast())
  precondition(validate(cut) == JSONError(reason: .unexpectedEnd, position: cut.count))
}

/// Any bytes can be written as a string, which reads as the standard library would repair them.
private func checkEscaping(_ bytes: [UInt8]) {
  var writer = JSONWriter()
  writer.string(bytes.span)
  guard let string = try? JSONDocument(writer.finish()).root.string else {
    preconditionFailure("any bytes make a valid string")
  }
  precondition(string == Array(String(decoding: bytes, as: UTF8.self).utf8))
}

private func rewrite(_ document: JSONDocument) -> [UInt8] {
  var writer = JSONWriter()
  writer.rewrite(document.root)
  return writer.finish()
}

/// The text without the white space outside of strings, found by other means.
private func withoutSpace(_ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  var isInString = false
  var isEscaped = false
  for byte in bytes {
    if isInString || ![0x20, 0x09, 0x0A, 0x0D].contains(byte) { result.append(byte) }
    if byte == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
    isEscaped = isInString && byte == UInt8(ascii: "\\") && !isEscaped
  }
  return result
}

extension JSONWriter {
  /// Writes a value, its names and scalars byte for byte.
  fileprivate mutating func copy(_ value: JSONValue) {
    switch value.kind {
    case .object:
      beginObject()
      for member in value.members {
        precondition(member.name.kind == .string)
        name(raw: member.name.span)
        copy(member.value)
      }
      endObject()
    case .array:
      beginArray()
      for element in value.elements { copy(element) }
      endArray()
    case .string, .number, .true, .false, .null:
      raw(value.span)
    }
  }

  /// Writes the meaning of a value.
  fileprivate mutating func rewrite(_ value: JSONValue) {
    switch value.kind {
    case .object:
      beginObject()
      for member in value.members {
        let text = member.name.string ?? []
        name(text.span)
        rewrite(member.value)
      }
      endObject()
      precondition(value.isEmpty == (value.members.first { _ in true } == nil))
    case .array:
      beginArray()
      for element in value.elements { rewrite(element) }
      endArray()
      precondition(value.isEmpty == (value.elements.first { _ in true } == nil))
    case .string:
      let text = value.string ?? []
      precondition(value.isEmpty == text.isEmpty)
      precondition(text.span.firstInvalidUTF8() == nil)
      string(text.span)
    case .number:
      if let value = value.integer { integer(value) } else { raw(value.span) }
    case .true, .false:
      boolean(value.boolean == true)
    case .null:
      precondition(value.isNull)
      null()
    }
  }
}

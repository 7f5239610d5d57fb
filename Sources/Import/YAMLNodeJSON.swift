import Bytes
import JSON

extension YAMLNode {
  /// The value as JSON, as a configuration file has it. A plain scalar is a number, a boolean or null where it looks like
  /// one.
  var json: [UInt8] {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.finish()
  }

  private func write(to writer: inout JSONWriter) {
    switch content {
    case .scalar(let text, let isPlain):
      if isEmpty {
        writer.null()
      } else if let boolean {
        writer.boolean(boolean)
      } else if isPlain, let first = text.first,
        first.isASCIIDigit || first == UInt8(ascii: "-"),
        (try? JSONDocument.validate(text.span)) != nil
      {
        writer.raw(text.span)
      } else {
        var shown = text.replacingAll([UInt8]("${")[...], with: [UInt8]("$${"))
        if let name = Variables.name(in: text) { shown = Variables.reference(name) }
        writer.string(shown.span)
      }
    case .sequence(let elements):
      writer.beginArray()
      for element in elements { element.write(to: &writer) }
      writer.endArray()
    case .mapping(let members):
      writer.beginObject()
      for member in members {
        writer.name(member.key.span)
        member.value.write(to: &writer)
      }
      writer.endObject()
    }
  }
}

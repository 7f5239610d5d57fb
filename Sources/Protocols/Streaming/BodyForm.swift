import Bytes

/// What the body of a success is, told by its label and its first bytes.
///
/// The bytes count more than the label: some backends and proxies send streams under any label, or not at all although
/// one was asked for, and errors under that of a stream.
public enum BodyForm: Equatable, Sendable {
  /// More bytes are needed.
  case unknown
  /// One JSON text, or anything else that is not a stream.
  case whole
  /// A stream in this framing.
  case stream(StreamFraming)

  /// The form of a body that begins with `start`; `announced` is the framing that its label names.
  public init(_ start: Span<UInt8>, announced: StreamFraming?) {
    let text = start.afterMarkAndSpace
    guard !text.isEmpty else {
      self = .unknown
      return
    }
    let fields: [StaticString] = ["data:", "event:", "id:", "retry:", ":"]
    for field in fields {
      if text.hasPrefix(field) {
        self = .stream(.events)
        return
      }
    }
    switch announced {
    case .lines:
      self = .stream(.lines)
    case .events:
      let first = text[0]
      let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
      self = isJSON || first == UInt8(ascii: "<") ? .whole : .stream(.events)
    case nil:
      for field in fields where text.count < field.utf8CodeUnitCount && text.begins(field) {
        self = .unknown
        return
      }
      self = .whole
    }
  }
}

extension Span<UInt8> {
  /// The bytes after a UTF-8 mark and white space; nothing where a part of the mark is all there is.
  fileprivate var afterMarkAndSpace: Span<UInt8> {
    @_lifetime(copy self)
    get {
      let mark: StaticString = "\u{FEFF}"
      if count < 3, begins(mark) { return extracting(count...) }
      var start = hasPrefix(mark) ? 3 : 0
      while start < count, self[start].isBlank || self[start] == 0x0A || self[start] == 0x0D {
        start += 1
      }
      return extracting(start...)
    }
  }

  /// Whether a literal begins with these bytes.
  fileprivate func begins(_ literal: StaticString) -> Bool {
    guard count <= literal.utf8CodeUnitCount else { return false }
    for index in indices where self[index] != literal.utf8Start[index] { return false }
    return true
  }
}

public import Bytes

/// Why a conversation cannot be sent in a dialect. Nothing was sent; another backend may take it.
public enum TranslationFault: Error, Equatable, Sendable {
  /// A message has a part of a type that the dialect has no equivalent for.
  case unsupportedPart(type: [UInt8])
  /// An image is given neither by an http or https URL nor by a base64 `data:` URL of an image type.
  case unsupportedImage
  /// An earlier reply has an image, which the dialect takes from users only.
  case imageInReply
  /// The new message has nothing but white space in it, which the dialect refuses.
  case blankMessage
  /// A message's content is neither a string nor an array of message parts.
  case malformedContent
  /// A field of a request in other words has no equivalent in the dialect, or its value has none.
  case unsupportedField([UInt8])
  /// A field of a request in other words is not as it must be.
  case malformedField([UInt8])

  /// What is wrong, for an administrator.
  public var message: Text {
    switch self {
    case .unsupportedPart(let type):
      // Whatever a client sends as a type is quoted only where it looks like one.
      type.isQuotable
        ? "the backend takes no message part of type \(type)"
        : "the backend takes no message part of this type"
    case .unsupportedImage:
      "the backend takes an image only from an http or https URL or as a base64 data: URL"
    case .imageInReply: "an earlier reply has an image, which the backend takes from users only"
    case .blankMessage: "the backend takes no message that is only white space"
    case .malformedContent: "a message's content is neither a string nor an array of message parts"
    case .unsupportedField(let field):
      field.isQuotable
        ? "the backend has no equivalent of what \(field) asks for"
        : "the backend has no equivalent of a field"
    case .malformedField(let field): "\(field) is not as it must be"
    }
  }

  /// The field of a request that is at fault.
  public var field: [UInt8] {
    switch self {
    case .unsupportedField(let field), .malformedField(let field):
      field.isQuotable ? field : []
    default: [UInt8]("messages")
    }
  }
}

extension [UInt8] {
  /// Whether this looks like a name: a client may send anything in its place.
  fileprivate var isQuotable: Bool { count <= 64 && allSatisfy { $0.isVisibleASCII } }
}

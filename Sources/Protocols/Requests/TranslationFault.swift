public import Bytes

/// Why a conversation cannot be sent in a dialect. Nothing was sent; another backend may accept it.
public enum TranslationFault: Error, Equatable, Sendable {
  /// A message has a part of a type that the dialect has no equivalent for.
  case unsupportedPart(type: [UInt8])
  /// An image is given neither by an http or https URL nor by a base64 `data:` URL of an image type.
  case unsupportedImage
  /// An earlier reply has an image, which the dialect takes from users only.
  case imageInReply
  /// The new message is only white space, which the dialect refuses.
  case blankMessage
  /// A message's content is neither a string nor an array of message parts.
  case malformedContent
  /// A field of the client's request, or its value, has no equivalent in the dialect.
  case unsupportedField([UInt8])
  /// A field of the client's request has something of a type that the dialect has no equivalent for.
  case unsupportedKind([UInt8], type: [UInt8])
  /// A field of the client's request is invalid.
  case malformedField([UInt8])

  /// What is wrong, for an administrator.
  public var message: Text {
    switch self {
    case .unsupportedPart(let type):
      // A client may send anything as a type: it is quoted only if it looks like one.
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
    case .unsupportedKind(let field, let type):
      type.isQuotable
        ? "the backend has no equivalent of \(field), which is of type \(type)"
        : "the backend has no equivalent of \(field)"
    case .malformedField(let field): "\(field) is invalid"
    }
  }

  /// The field of the request with the fault.
  public var field: [UInt8] {
    switch self {
    case .unsupportedField(let field), .unsupportedKind(let field, _),
      .malformedField(let field):
      field.isQuotable ? field : []
    default: [UInt8]("messages")
    }
  }
}

extension [UInt8] {
  /// Whether this looks like a name, so that a message may quote it.
  fileprivate var isQuotable: Bool { count <= 64 && allSatisfy { $0.isVisibleASCII } }
}

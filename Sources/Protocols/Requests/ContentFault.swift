public import Bytes

/// A fault in a message's content.
public struct ContentFault: Error, Equatable, Sendable {
  /// What is wrong.
  public let reason: Reason

  /// The part with the fault, from 0; `nil` for the content as a whole.
  public let part: Int?

  /// What can be wrong.
  public enum Reason: Equatable, Sendable, CaseIterable {
    /// It is another kind of value.
    case neitherStringNorArray
    /// An empty string, an empty array, or parts that are all empty texts.
    case empty
    /// A part is not an object.
    case partIsNotAnObject
    /// A part has no `type`, or one that is not a non-empty string.
    case typeMissing
    /// A text part has no `text`, or one that is not a string.
    case textMissing
    /// An image part has no `image_url` object with a non-empty string `url`.
    case imageURLMissing
  }

  init(_ reason: Reason, part: Int? = nil) {
    self.reason = reason
    self.part = part
  }

  /// The field with the fault, such as `content[2].text`.
  public var field: [UInt8] {
    var field = [UInt8]("content")
    if let part {
      field.append("[")
      field.append(decimal: part)
      field.append("]")
    }
    switch reason {
    case .neitherStringNorArray, .empty, .partIsNotAnObject: break
    case .typeMissing: field.append(".type")
    case .textMissing: field.append(".text")
    case .imageURLMissing: field.append(".image_url.url")
    }
    return field
  }

  /// The whole message, such as "content[2].text must be a string".
  public var message: Text {
    let must: StaticString =
      switch reason {
      case .neitherStringNorArray: "must be a string or an array of message parts"
      case .empty: "must not be empty"
      case .partIsNotAnObject: "must be an object"
      case .typeMissing, .imageURLMissing: "must be a non-empty string"
      case .textMissing: "must be a string"
      }
    return "\(field) \(must)"
  }
}

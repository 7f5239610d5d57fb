import Bytes
import HTTPServer
import JSON

extension JSONValue {
  /// The object in a body.
  static func object(in body: [UInt8]) throws(APIError) -> JSONValue {
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONDocument(body).root
    } catch {
      throw APIError(
        .invalidJSON, "The body is not valid JSON: \(error.message(in: body.span)).")
    }
    guard root.kind == .object else {
      throw APIError(.invalidRequest, "The body must be a JSON object.")
    }
    return root
  }
}

extension JSONValue? {
  /// A member `name` that is `true`, or else `false`; a missing or `null` one is `false`.
  func flag(_ name: StaticString) throws(APIError) -> Bool {
    guard let value = present else { return false }
    guard let flag = value.boolean else { throw .invalid(name, "\(name) must be true or false.") }
    return flag
  }
}

extension Request {
  /// Whether its body is `application/json` or a type built on it, with any parameters; RFC 9110 section 8.3.1,
  /// RFC 6839.
  var hasJSONType: Bool {
    field("Content-Type") { field in
      let type = field.mediaType
      if type.equalsIgnoringCase("application/json") { return true }
      // A name between them is at least one byte.
      return type.count > 17 && type.hasPrefixIgnoringCase("application/")
        && type.extracting(last: 5).equalsIgnoringCase("+json")
    } ?? false
  }
}

extension APIError {
  /// 415 for a body that is not JSON by its type.
  static var notJSON: APIError {
    APIError(
      .unsupportedMediaType, "The body must be JSON: send it with 'Content-Type: application/json'."
    )
  }
}

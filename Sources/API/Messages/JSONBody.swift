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

extension Request {
  /// Whether its body is `application/json` or a type built on it, with any parameters; RFC 9110 section 8.3.1,
  /// RFC 6839.
  var hasJSONType: Bool {
    field("Content-Type") { field in
      let end = field.firstIndex(of: UInt8(ascii: ";")) ?? field.count
      let type = field.extracting(0..<end).trimmingBlanks
      if type.equalsIgnoringCase("application/json") { return true }
      return type.count > 17 && type.extracting(0..<12).equalsIgnoringCase("application/")
        && type.extracting(type.count - 5..<type.count).equalsIgnoringCase("+json")
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

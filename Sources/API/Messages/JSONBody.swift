import Bytes
import JSON

extension JSONValue {
  /// The object that a body is.
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

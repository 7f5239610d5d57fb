import Bytes
import HTTPServer

/// The console: a page for administrators, and the files that it consists of.
///
/// The files have no data and need no key. The page calls the API, which does.
enum ConsoleHandlers {
  /// `GET /`
  static func page(_ call: Call) throws(APIError) -> Admission {
    try answer(call, [UInt8]("index.html"))
  }

  /// `GET /console/{file}`
  static func file(_ call: Call) throws(APIError) -> Admission {
    try answer(call, call.parameter(0))
  }

  /// Whether a path is the console's.
  static func isPath(_ path: PathSegments) -> Bool {
    path.count == 0 || path.count == 2 && path[0].equals("console")
  }

  private static func answer(_ call: Call, _ name: [UInt8]) throws(APIError) -> Admission {
    guard let asset = Asset.console(name.span) else {
      throw APIError(.notFound, "There is no such path: see GET /openapi.json.")
    }
    var response = asset.response(to: call.request)
    response.fields.append(("Cache-Control", [UInt8]("no-cache")))
    response.fields.append(("Content-Security-Policy", [UInt8](policy)))
    response.fields.append(("X-Content-Type-Options", [UInt8]("nosniff")))
    response.fields.append(("Referrer-Policy", [UInt8]("no-referrer")))
    return .answer(response)
  }

  /// Nothing comes from elsewhere, no script or style is inline, and no page shows the console in a frame.
  private static let policy: StaticString = """
    default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'
    """
}

import Bytes
import Configuration
package import HTTPServer
import Protocols

/// Finds the endpoint that a request is for, checks access and body, and calls the endpoint's handler.
package final class Router: RequestHandler {
  private let application: Application

  /// A router to the endpoints of an application.
  package init(to application: Application) {
    self.application = application
  }

  /// Does everything that can be done before the body is read.
  package func admit(_ request: Request) -> Admission {
    do throws(APIError) {
      return try route(request)
    } catch {
      application.refusals.note(error, of: request)
      return .answer(error.response(as: face(of: request)))
    }
  }

  /// The interface of errors.
  private func face(of request: Request?) -> Face {
    hasOllama && request?.target?.segments.isOllama == true ? .ollama : Face(for: request)
  }

  private var hasOllama: Bool { application.active.configuration.server.hasOllama }

  /// The answer to a request that the server itself refuses.
  package func response(to refusal: Refusal, of request: Request?) -> Response {
    let error = APIError(refusal)
    if let request { application.refusals.note(error, of: request) }
    return error.response(as: face(of: request))
  }

  private func route(_ request: Request) throws(APIError) -> Admission {
    guard let target = request.target else { throw APIError(.badTarget) }
    if target.isAsterisk { return .answer(.allowing([UInt8]("GET, HEAD, POST, PATCH, DELETE"))) }
    let hasConsole = application.active.configuration.server.hasConsole
    if !hasConsole, ConsoleHandlers.isPath(target.segments) { throw .noPath(near: nil) }
    if !hasOllama, target.segments.isOllama { throw .noOllama }
    switch Endpoint.match(request.method, target.segments) {
    case .found(let place): return try admit(request, to: Endpoint.all[place])
    case .otherMethods(let allowed):
      guard case .options = request.method else { throw .methodNotAllowed(allowed) }
      return .answer(.allowing(allowed))
    case .unknown:
      throw
        .noPath(near: Endpoint.nearPath(to: target.segments, withOllama: hasOllama))
    }
  }

  private func admit(_ request: Request, to endpoint: Endpoint) throws(APIError) -> Admission {
    let key = try application.active.access.admit(request, scope: endpoint.scope)
    if endpoint.body == .json, !request.hasJSONType { throw .notJSON }
    let call = Call(request: request, path: endpoint.path, key: key, application: application)
    let admission = try endpoint.handler(call)
    guard endpoint.body == .optionalJSON, case .receiveBody(let limit, let handle) = admission
    else {
      return admission
    }
    // Whether a chunked body is empty is known only after it has come.
    return .receiveBody(limit: limit) { request in
      guard request.body.isEmpty || request.hasJSONType else {
        return request.respond(APIError.notJSON.response())
      }
      handle(request)
    }
  }
}

extension PathSegments {
  /// Whether the path is of Ollama's interface.
  fileprivate var isOllama: Bool { count > 1 && self[0].equals("api") }
}

extension Response {
  /// The answer to OPTIONS: these methods and OPTIONS itself; RFC 9110 section 9.3.7.
  fileprivate static func allowing(_ methods: [UInt8]) -> Response {
    var response = Response(status: 204, contentType: nil, body: [])
    response.fields.append(("Allow", methods + [UInt8](", OPTIONS")))
    return response
  }
}

extension APIError {
  /// 404, with a path that exists.
  fileprivate static func noPath(near path: StaticString?) -> APIError {
    guard let path else {
      return APIError(.notFound, "There is no such path: see GET /openapi.json.")
    }
    return APIError(
      .notFound, "There is no such path: did you mean \(path)? See GET /openapi.json.")
  }

  /// 404 for Ollama's interface, which is off.
  fileprivate static var noOllama: APIError {
    APIError(
      .notFound,
      "There is no such path: Ollama's interface is off; `[server] ollama = yes` turns it on.")
  }

  /// 405, with the methods that the path has.
  fileprivate static func methodNotAllowed(_ allowed: [UInt8]) -> APIError {
    var error = APIError(.methodNotAllowed, "This path does not take this method: see Allow.")
    error.fields.append(("Allow", allowed))
    return error
  }
}

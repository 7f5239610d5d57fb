import Bytes
package import Configuration
package import HTTPServer

/// An operation of the API: its method, its path, its handler. One row of ``Endpoint/all``.
package struct Endpoint: Sendable {
  /// Does what a request asks for, as far as that is possible before its body is read.
  typealias Handler = @Sendable (Call) throws(APIError) -> Admission

  /// What the body of a request must be.
  package enum BodyRule {
    /// Anything: the request is answered before its body is read. The handler answers at once.
    case unread
    /// Anything up to `max_body`: the request is answered after its body, which no code looks at. This and the following
    /// rules need a handler that calls `Call.receiveBody`.
    case ignored
    /// JSON, or nothing.
    case optionalJSON
    /// JSON.
    case json
    /// A form, `multipart/form-data`. The handler checks that it is one.
    case form
  }

  /// The operation's name in /openapi.json, which is also what its description goes by.
  package let name: StaticString
  package let method: Method
  package let path: PathPattern
  /// What a key must allow; `nil` where no key is needed.
  package let scope: Scopes?
  package let body: BodyRule
  let handler: Handler

  // Inlined, or the compiler makes code that fills the table at run time, instead of a constant.
  @inline(__always)
  init(
    _ name: StaticString, _ method: Method, _ path: PathPattern, scope: Scopes?,
    body: BodyRule = .unread, _ handler: @escaping Handler
  ) {
    self.name = name
    self.method = method
    self.path = path
    self.scope = scope
    self.body = body
    self.handler = handler
  }
}

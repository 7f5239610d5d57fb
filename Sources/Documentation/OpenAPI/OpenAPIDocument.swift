import API
import Bytes
import Configuration

/// The OpenAPI 3.1 description of the HTTP interface, docs/openapi.json, written from the tables that route and
/// validate. The release binary contains the file.
enum OpenAPIDocument {
  /// The document, one line for each operation and component.
  static var text: String {
    """
    {"openapi":"3.1.0","info":{"title":"Postern","version":"1","description":"A gateway between a bot and the AI \
    backends that answer for it. Every error is an object `error`. Without configured keys only the gateway's \
    own host is served, and needs no key. HEAD is answered like GET. The answer has the request's X-Request-Id."},
    "servers":[{"url":"/"}],
    "paths":{\(paths)},
    "components":{\(OpenAPIComponents.text)}}

    """
  }

  private static var paths: String {
    var names: [String] = []
    for endpoint in Endpoint.all where !names.contains("\(endpoint.path.text)") {
      names.append("\(endpoint.path.text)")
    }
    let items = names.map { path in
      let operations = Endpoint.all.filter { "\($0.path.text)" == path }.compactMap(operation)
      return "\"\(path)\":{\(operations.joined(separator: ",\n"))}"
    }
    return items.joined(separator: ",\n")
  }

  /// The operation of an endpoint; `nil` where it has no description, as the tests complain.
  private static func operation(_ endpoint: Endpoint) -> String? {
    let name = "\(endpoint.name)"
    guard let about = EndpointDescription.all.first(where: { $0.name == name }) else {
      return nil
    }
    var members = [
      #""operationId":"\#(name)""#, #""tags":["\#(about.group)"]"#,
      #""summary":\#(OpenAPIComponents.quoted(about.summary))"#,
    ]
    if !about.details.isEmpty {
      members.append(#""description":\#(OpenAPIComponents.quoted(about.details))"#)
    }
    members.append(#""security":\#(security(endpoint.scope))"#)
    let parameters = pathParameters(endpoint) + about.parameters
    if !parameters.isEmpty {
      members.append(#""parameters":\#(references(parameters, to: "parameters"))"#)
    }
    if let body = about.body {
      members.append(
        #""requestBody":{"required":\#(endpoint.body == .json || endpoint.body == .form),"content":{"\#(body.type)":{"schema":\#(body.schema)}}}"#
      )
    }
    members.append(#""responses":{\#(responses(endpoint, about))}"#)
    let method = String(decoding: [UInt8](endpoint.method.name), as: UTF8.self).lowercased()
    return "\"\(method)\":{\(members.joined(separator: ","))}"
  }

  /// A key in one of three fields. The scope that it must allow is written as a role, because OpenAPI has scopes for
  /// OAuth only.
  private static func security(_ scope: Scopes?) -> String {
    guard let scope else { return "[]" }
    // Each endpoint has one scope.
    let name = scope.word!
    return #"[{"bearer":["\#(name)"]},{"key":["\#(name)"]},{"azure_key":["\#(name)"]}]"#
  }

  private static func pathParameters(_ endpoint: Endpoint) -> [String] {
    "\(endpoint.path.text)".split(separator: "/").filter { $0.hasPrefix("{") }
      .map { String($0.dropFirst().dropLast()) }
  }

  private static func references(_ names: [String], to kind: String) -> String {
    let list = names.map { ##"{"$ref":"#/components/\##(kind)/\##($0)"}"## }
    return "[\(list.joined(separator: ","))]"
  }

  private static func responses(
    _ endpoint: Endpoint, _ about: EndpointDescription
  ) -> String {
    var list: [(status: Int, text: String)] = about.answers.map { ($0.status, response($0)) }
    for status in errors(endpoint, about) where !list.contains(where: { $0.status == status }) {
      list.append((status, ##"{"$ref":"#/components/responses/\##(status)"}"##))
    }
    list.sort { $0.status < $1.status }
    return list.map { "\"\($0.status)\":\($0.text)" }.joined(separator: ",")
  }

  private static func response(_ answer: EndpointDescription.Answer) -> String {
    let fields = (["request_id"] + answer.fields).map {
      ##""\##(OpenAPIComponents.fields[$0]!.name)":{"$ref":"#/components/headers/\##($0)"}"##
    }
    let content = answer.content.map { #""\#($0.type)":{"schema":\#($0.schema)}"# }
    var text = #"{"description":\#(OpenAPIComponents.quoted(answer.means)),"#
    text += #""headers":{\#(fields.joined(separator: ","))}"#
    if !content.isEmpty { text += #","content":{\#(content.joined(separator: ","))}"# }
    return text + "}"
  }

  /// The statuses of an endpoint's errors: its own, and those that follow from its row.
  private static func errors(_ endpoint: Endpoint, _ about: EndpointDescription) -> Set<Int> {
    var statuses: Set<Int> = [400, 403, 408, 417, 431, 503, 505]
    if endpoint.scope != nil { statuses.insert(401) }
    if "\(endpoint.path.text)".contains("{") { statuses.insert(404) }
    switch endpoint.body {
    case .unread: break
    case .ignored: statuses.insert(413)
    case .optionalJSON, .json, .form: statuses.formUnion([413, 415])
    }
    return statuses.union(about.errors)
  }
}

/// A file of the repository that is written from Postern's own tables.
enum Document: CaseIterable {
  case configurationReference, configurationSample, openAPI

  /// Where it is, from the root of the repository.
  var path: String {
    switch self {
    case .configurationReference: "docs/configuration.md"
    case .configurationSample: "packaging/postern.conf"
    case .openAPI: "docs/openapi.json"
    }
  }

  /// What the tables say now.
  var text: String {
    switch self {
    case .configurationReference: ConfigurationReference.text
    case .configurationSample: ConfigurationSample.text
    case .openAPI: OpenAPIDocument.text
    }
  }
}

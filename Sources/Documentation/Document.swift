/// A file of the repository that is written from Postern's own tables.
enum Document: CaseIterable {
  case configurationReference, configurationSample, openAPI, commandPage, configurationPage
  case bashCompletion, zshCompletion, fishCompletion

  /// Where it is, from the root of the repository.
  var path: String {
    switch self {
    case .configurationReference: "docs/configuration.md"
    case .configurationSample: "packaging/postern.conf"
    case .openAPI: "docs/openapi.json"
    case .commandPage: "packaging/man/postern.1"
    case .configurationPage: "packaging/man/postern.conf.5"
    case .bashCompletion: "packaging/completions/bash/postern"
    case .zshCompletion: "packaging/completions/zsh/_postern"
    case .fishCompletion: "packaging/completions/fish/postern.fish"
    }
  }

  /// What the tables say now.
  var text: String {
    switch self {
    case .configurationReference: ConfigurationReference.text
    case .configurationSample: ConfigurationSample.text
    case .openAPI: OpenAPIDocument.text
    case .commandPage: CommandPage.text
    case .configurationPage: ConfigurationPage.text
    case .bashCompletion: Completions.bash
    case .zshCompletion: Completions.zsh
    case .fishCompletion: Completions.fish
    }
  }
}

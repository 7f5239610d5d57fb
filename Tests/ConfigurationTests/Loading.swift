@testable import Configuration

extension ConfigurationSources {
  /// Sources with these variables and files, and nothing else.
  init(_ variables: [String: String] = [:], files: [String: String] = [:]) {
    self.init(
      environment: { name in
        variables[String(decoding: name, as: UTF8.self)].map { Array($0.utf8) }
      },
      file: { path, limit in
        let contents = files[String(decoding: path, as: UTF8.self)].map { Array($0.utf8) }
        guard let contents else { return .unreadable(reason: Array("No such file".utf8)) }
        guard contents.count <= limit else { return .unreadable(reason: Array("too large".utf8)) }
        return .contents(contents)
      })
  }
}

/// The report about a file with this text.
func load(
  _ text: String, _ variables: [String: String] = [:], files: [String: String] = [:]
) -> ConfigurationReport {
  .load(text, ConfigurationSources(variables, files: files))
}

extension ConfigurationReport {
  static func load(_ text: String, _ sources: ConfigurationSources) -> ConfigurationReport {
    Configuration.load(Array(text.utf8), from: sources)
  }

  /// The findings as `LINE: message` or `LINE: warning: message`.
  var lines: [String] {
    findings.map {
      "\($0.line): \($0.severity == .warning ? "warning: " : "")\($0.message)"
    }
  }

  /// All values of the configuration, in a form that can be compared, without their places in the
  /// file.
  var dumped: String {
    guard let configuration else { return "none" }
    var text = ""
    for property in Mirror(reflecting: configuration).children where property.label != "sections" {
      dump(property.value, to: &text, name: property.label)
    }
    return text
  }
}

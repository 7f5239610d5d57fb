import Bytes
import Configuration
import Platform
import Storage

extension APIError {
  /// Why a change of the configuration file at `path` was not made. Findings may tell of all bots; without
  /// `showsFindings` the message has their lines only.
  init(_ failure: ConfigurationStore.Failure, of path: [UInt8], showsFindings: Bool = true) {
    switch failure {
    case .declined:
      preconditionFailure("the plan knows why it declined")
    case .edit(let error):
      self.init(error, of: path, showsFindings)
    case .unreadable(let error), .notWritable(let error), .full(let error), .failed(let error):
      var message: Text =
        "The configuration file \(path) cannot be changed; it is as it was: \(error.call): \(error.reason)"
      if error.isBusy { message += "; if it is mounted into a container, mount its folder instead" }
      self.init(.configurationNotWritable, message)
    case .raced:
      self = .tryAgain(
        .configurationBusy, "Others keep changing the configuration file: try again.",
        afterSeconds: 1)
    }
  }

  /// 503 where the gateway has no file.
  static var noConfigurationFile: APIError {
    APIError(
      .configurationNotWritable,
      "The gateway runs without a configuration file: start it with 'postern run -c FILE'.")
  }

  /// The change is in the file at `path`, but storage has not confirmed it.
  init(unconfirmed error: SystemError, in path: [UInt8]) {
    self.init(
      .configurationNotConfirmed,
      """
      The change is in \(path) and applies, but storage has not confirmed it, and a power cut may undo it: \
      \(error.call): \(error.reason)
      """)
  }

  private init(_ error: ConfigurationEditError, of path: [UInt8], _ showsFindings: Bool) {
    switch error {
    case .invalidFile(let findings):
      var message = Text("The configuration file is invalid: correct it first.")
      for finding in findings where finding.severity == .error {
        message += "\n\(finding.file ?? path):\(finding.line)"
        if showsFindings { message += ": \(finding.message)" }
      }
      self.init(.configurationInvalid, message)
    case .noSuchSection(let section):
      self = .noSuch(section.kind)
    case .sectionExists(let section):
      self.init(.alreadyExists, "The id \(section.name) is taken: choose another one.")
    case .inOtherFile(let section, let key, let place):
      let subject = key.map { Text($0) } ?? section
      self.init(
        .inOtherFile, "\(subject) is given in \(place), which only an administrator can change.")
      parameter = key.map { ResourcePatch.member(of: $0) }
    case .refused(let objections):
      self.init(
        .invalidParameter, objections.first?.message ?? "the configuration would not be valid")
      parameter = objections.first?.key.map { ResourcePatch.member(of: $0) }
    }
  }

  /// 404 for a bot or an integration.
  static func noSuch(_ kind: SectionKind) -> APIError {
    kind == .bot
      ? APIError(.botNotFound, "There is no bot with this id.")
      : APIError(.integrationNotFound, "There is no integration with this id.")
  }
}

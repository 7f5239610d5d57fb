import Bytes
import Configuration
import Platform
import Storage

extension APIError {
  /// Why a change of the configuration file at `path` was not made.
  init(_ failure: ConfigurationStore.Failure, of path: [UInt8]) {
    switch failure {
    case .declined:
      preconditionFailure("the plan knows why it declined")
    case .edit(let error):
      self.init(error, of: path)
    case .unreadable(let error), .notWritable(let error), .full(let error), .failed(let error):
      self.init(
        .configurationNotWritable,
        "The configuration file \(path) cannot be changed, and is as it was: \(error.call): \(error.reason)"
      )
    case .raced:
      self = .tryAgain(
        .configurationBusy, "The configuration file is being changed all the time.",
        afterSeconds: 1)
    }
  }

  /// The change stands in the file at `path`, which storage has not confirmed.
  init(unconfirmed error: SystemError, in path: [UInt8]) {
    self.init(
      .configurationNotConfirmed,
      """
      The change stands in \(path) and is in force, but storage has not confirmed it, and a power cut may undo it: \
      \(error.call): \(error.reason)
      """)
  }

  private init(_ error: ConfigurationEditError, of path: [UInt8]) {
    switch error {
    case .invalidFile(let findings):
      var message = Text("The configuration file is not valid as it is; nothing was written.")
      for finding in findings where finding.severity == .error {
        message += "\n\(path):\(finding.line): \(finding.message)"
      }
      self.init(.configurationInvalid, message)
    case .noSuchSection(let section):
      self = .noSuch(section.kind)
    case .sectionExists(let section):
      self.init(.alreadyExists, "There is one of the id \(section.name).")
    case .refused(let objections):
      self.init(
        .invalidParameter, objections.first?.message ?? "the configuration would not be valid")
      parameter = objections.first?.key.map { ResourcePatch.member(of: $0) }
    }
  }

  /// 404 for what is not there.
  static func noSuch(_ kind: SectionKind) -> APIError {
    kind == .bot
      ? APIError(.botNotFound, "There is no bot of this name.")
      : APIError(.integrationNotFound, "There is no integration of this id.")
  }
}

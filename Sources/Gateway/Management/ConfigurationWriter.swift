import Bytes
public import Configuration
public import Platform

/// Changes of the configuration file, made one after the other on a thread that may block on storage.
public final class ConfigurationWriter {
  private let path: [UInt8]
  private let sources: ConfigurationSources
  private let worker: BlockingWorker
  private let onSaved: () -> Void

  /// A writer of the file at a path. `onSaved` is called on the loop when the file has been changed, before whoever
  /// asked for it is told: it puts the file in force.
  public init(
    path: [UInt8], sources: ConfigurationSources, worker: BlockingWorker,
    onSaved: @escaping () -> Void
  ) {
    self.path = path
    self.sources = sources
    self.worker = worker
    self.onSaved = onSaved
  }

  /// What came of a save; written on the worker's thread, read on the loop's after that.
  private final class Outcome {
    var failure: ConfigurationStore.Failure?
  }

  /// Has a plan carried out. It is made on another thread, maybe several times, and must share nothing with anybody.
  /// `completion` is called in a later turn.
  func save(
    _ plan: @escaping ConfigurationStore.Plan,
    then completion: @escaping (ConfigurationStore.Failure?) -> Void
  ) {
    let outcome = Outcome()
    let (path, sources, onSaved) = (path, sources, onSaved)
    do throws(SystemError) {
      try worker.submit {
        do throws(ConfigurationStore.Failure) {
          _ = try ConfigurationStore.save(to: path, from: sources, plan)
        } catch {
          outcome.failure = error
        }
      } then: { _ in
        if outcome.failure == nil { onSaved() }
        completion(outcome.failure)
      }
    } catch {
      completion(.failed(error))
    }
  }

  /// What a client is told of a failure.
  func error(for failure: ConfigurationStore.Failure) -> APIError {
    switch failure {
    case .refused(let error):
      return error
    case .edit(let error):
      return self.error(for: error)
    case .unreadable(let error), .notWritable(let error), .full(let error), .failed(let error):
      return APIError(
        503, .server, "configuration_not_writable",
        "The configuration file \(path) cannot be changed: \(error.call): \(error.reason)")
    case .raced:
      return .tryAgain(
        503, .server, "configuration_busy", "The configuration file is being changed all the time.",
        afterSeconds: 1)
    }
  }

  private func error(for error: ConfigurationEditError) -> APIError {
    switch error {
    case .invalidFile(let findings):
      var message = Text("The configuration file is not valid as it is; nothing was written.")
      for finding in findings where finding.severity == .error {
        message += " \(path):\(finding.line): \(finding.message)."
      }
      return APIError(409, .conflict, "configuration_invalid", message)
    case .noSuchSection(let section):
      return .noSuch(section.kind)
    case .sectionExists(let section):
      return APIError(409, .conflict, "already_exists", "There is one of the id \(section.name).")
    case .refused(let objections):
      var error = APIError(
        400, .invalidRequest, "invalid_parameter",
        objections.first?.message ?? "the configuration would not be valid")
      error.parameter = objections.first?.key
      return error
    }
  }
}

extension APIError {
  /// 404 for what is not there.
  static func noSuch(_ kind: SectionKind) -> APIError {
    kind == .bot
      ? APIError(404, .notFound, "bot_not_found", "There is no bot of this name.")
      : APIError(404, .notFound, "integration_not_found", "There is no integration of this id.")
  }
}

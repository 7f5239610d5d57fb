import Bytes
public import Configuration
public import Platform

/// Changes of the configuration file, made one after the other on a thread that may block on storage.
public final class ConfigurationWriter {
  private let path: [UInt8]
  private let sources: ConfigurationSources
  private let worker: BlockingWorker
  private let onSaved: (ConfigurationStore.Saved) -> Void

  /// A writer of the file at a path. `onSaved` is called on the loop when the file has been changed, before whoever
  /// asked for it is told: it puts the file in force.
  public init(
    path: [UInt8], sources: ConfigurationSources, worker: BlockingWorker,
    onSaved: @escaping (ConfigurationStore.Saved) -> Void
  ) {
    self.path = path
    self.sources = sources
    self.worker = worker
    self.onSaved = onSaved
  }

  /// What came of a save; written on the worker's thread, read on the loop's after that.
  private final class Outcome {
    var saved: ConfigurationStore.Saved?
    var failure: ConfigurationStore.Failure?
  }

  /// Has a plan carried out. It is made on another thread, maybe several times, and must share nothing with anybody.
  /// `completion` is given the configuration that was saved, or what to tell the client; it is called in a later turn,
  /// unless there is no thread to be had.
  func save(
    _ plan: @escaping ConfigurationStore.Plan,
    then completion: @escaping (Result<Configuration, APIError>) -> Void
  ) {
    let outcome = Outcome()
    let (path, sources) = (path, sources)
    do throws(SystemError) {
      try worker.submit {
        do throws(ConfigurationStore.Failure) {
          outcome.saved = try ConfigurationStore.save(to: path, from: sources, plan)
        } catch {
          outcome.failure = error
        }
      } then: { [self] _ in
        if let failure = outcome.failure { return completion(.failure(error(for: failure))) }
        guard let saved = outcome.saved, let configuration = saved.report.configuration else {
          preconditionFailure("a save neither succeeds nor fails")
        }
        onSaved(saved)
        completion(
          saved.unconfirmed.map { .failure(unconfirmed($0)) } ?? .success(configuration))
      }
    } catch {
      completion(.failure(self.error(for: .failed(error))))
    }
  }

  /// What a client is told of a failure.
  private func error(for failure: ConfigurationStore.Failure) -> APIError {
    switch failure {
    case .refused(let error):
      return error
    case .edit(let error):
      return self.error(for: error)
    case .unreadable(let error), .notWritable(let error), .full(let error), .failed(let error):
      return APIError(
        .configurationNotWritable,
        "The configuration file \(path) cannot be changed, and is as it was: \(error.call): \(error.reason)"
      )
    case .raced:
      return .tryAgain(
        .configurationBusy, "The configuration file is being changed all the time.",
        afterSeconds: 1)
    }
  }

  private func unconfirmed(_ error: SystemError) -> APIError {
    APIError(
      .configurationNotConfirmed,
      """
      The change stands in \(path) and is in force, but storage has not confirmed it, and a power cut may undo it: \
      \(error.call): \(error.reason)
      """)
  }

  private func error(for error: ConfigurationEditError) -> APIError {
    switch error {
    case .invalidFile(let findings):
      var message = Text("The configuration file is not valid as it is; nothing was written.")
      for finding in findings where finding.severity == .error {
        message += "\n\(path):\(finding.line): \(finding.message)"
      }
      return APIError(.configurationInvalid, message)
    case .noSuchSection(let section):
      return .noSuch(section.kind)
    case .sectionExists(let section):
      return APIError(.alreadyExists, "There is one of the id \(section.name).")
    case .refused(let objections):
      var error = APIError(
        .invalidParameter, objections.first?.message ?? "the configuration would not be valid")
      error.parameter = objections.first?.key.map { ResourcePatch.member(of: $0) }
      return error
    }
  }
}

extension APIError {
  /// 404 for what is not there.
  static func noSuch(_ kind: SectionKind) -> APIError {
    kind == .bot
      ? APIError(.botNotFound, "There is no bot of this name.")
      : APIError(.integrationNotFound, "There is no integration of this id.")
  }
}

import Bytes
package import Configuration
package import Platform

/// Changes of the configuration file, made one after the other on a thread that may block on storage.
package final class ConfigurationWriter {
  /// The file.
  package let path: [UInt8]
  private let sources: ConfigurationSources
  private let worker: BlockingWorker
  private let onSaved: (ConfigurationStore.Saved) -> Void

  /// A writer of the file at a path. `onSaved` is called on the loop when the file has been changed, before whoever
  /// asked for it is told: it puts the file in force.
  package init(
    path: [UInt8], sources: ConfigurationSources, worker: BlockingWorker,
    onSaved: @escaping (ConfigurationStore.Saved) -> Void
  ) {
    self.path = path
    self.sources = sources
    self.worker = worker
    self.onSaved = onSaved
  }

  /// The result of a save; written on the worker's thread, read on the loop's after that.
  private final class Outcome {
    var saved: ConfigurationStore.Saved?
    var failure: ConfigurationStore.Failure?
  }

  /// Has a plan carried out on another thread, maybe several times: it must not share anything that changes meanwhile.
  /// `completion` is called in a later turn, or before this returns where no thread can be started.
  package func save(
    _ plan: @escaping ConfigurationStore.Plan,
    then completion:
      @escaping (Result<ConfigurationStore.Saved, ConfigurationStore.Failure>) -> Void
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
        if let failure = outcome.failure { return completion(.failure(failure)) }
        guard let saved = outcome.saved else {
          preconditionFailure("a save neither succeeds nor fails")
        }
        onSaved(saved)
        completion(.success(saved))
      }
    } catch {
      completion(.failure(.failed(error)))
    }
  }
}

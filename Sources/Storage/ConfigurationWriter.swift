import Bytes
package import Configuration
package import Platform

/// Makes changes of the configuration file, one after another, on a thread that may block on storage.
package final class ConfigurationWriter {
  /// The file.
  package let path: [UInt8]
  private let sources: ConfigurationSources
  private let worker: BlockingWorker
  private let mayBeEmpty: () -> Bool
  private let onSaved: (ConfigurationStore.Saved) -> Void

  /// A writer of the file at a path. Calls `onSaved` on the loop after each save, before the caller of `save` is told, to
  /// apply the file. `mayBeEmpty` says whether the file that applies has no text: another one without text is invalid.
  package init(
    path: [UInt8], sources: ConfigurationSources, worker: BlockingWorker,
    mayBeEmpty: @escaping () -> Bool = { true },
    onSaved: @escaping (ConfigurationStore.Saved) -> Void
  ) {
    self.path = path
    self.sources = sources
    self.worker = worker
    self.mayBeEmpty = mayBeEmpty
    self.onSaved = onSaved
  }

  /// The result of work; written on the worker's thread, read on the loop's after that.
  private final class Outcome<Value> {
    var result: Result<Value, ConfigurationStore.Failure>?
  }

  /// Carries out a plan on another thread, maybe several times: it must not share anything that changes meanwhile.
  /// Calls `completion` in a later turn, or before this returns where no thread can be started.
  package func save(
    _ plan: @escaping ConfigurationStore.Plan,
    then completion:
      @escaping (Result<ConfigurationStore.Saved, ConfigurationStore.Failure>) -> Void
  ) {
    let (path, sources, mayBeEmpty) = (path, sources, mayBeEmpty())
    perform { () throws(ConfigurationStore.Failure) in
      try ConfigurationStore.save(to: path, from: sources, mayBeEmpty: mayBeEmpty, plan)
    } then: { [self] result in
      if case .success(let saved) = result { onSaved(saved) }
      completion(result)
    }
  }

  /// What a plan would change, as a unified diff, by ``ConfigurationStore/preview(of:from:mayBeEmpty:_:)``. The rules of
  /// ``save(_:then:)`` hold.
  package func preview(
    _ plan: @escaping ConfigurationStore.Plan,
    then completion: @escaping (Result<[UInt8], ConfigurationStore.Failure>) -> Void
  ) {
    let (path, sources, mayBeEmpty) = (path, sources, mayBeEmpty())
    perform(
      { () throws(ConfigurationStore.Failure) in
        try ConfigurationStore.preview(of: path, from: sources, mayBeEmpty: mayBeEmpty, plan)
      }, then: completion)
  }

  private func perform<Value>(
    _ work: @escaping () throws(ConfigurationStore.Failure) -> Value,
    then completion: @escaping (Result<Value, ConfigurationStore.Failure>) -> Void
  ) {
    let outcome = Outcome<Value>()
    do throws(SystemError) {
      try worker.submit {
        do throws(ConfigurationStore.Failure) {
          outcome.result = .success(try work())
        } catch {
          outcome.result = .failure(error)
        }
      } then: { _ in
        guard let result = outcome.result else {
          preconditionFailure("work neither succeeds nor fails")
        }
        completion(result)
      }
    } catch {
      completion(.failure(.failed(error)))
    }
  }
}

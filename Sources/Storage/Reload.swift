import Bytes
package import Configuration
package import EventLoop
package import Logging
package import Platform

/// Puts a changed configuration file in force while the gateway serves: at SIGHUP, and when the file has changed.
///
/// The file is loaded and validated whole, as at the start, `${…}` resolved anew. A valid one is in force at once, for
/// all that comes from then on; an invalid one changes nothing but what `/readyz` shows.
package final class Reload {
  /// Puts a configuration in force.
  package var onValid: ((Configuration) -> Void)?
  /// Told what keeps the file from being put in force, a line each; nothing once it is.
  package var onFaults: (([[UInt8]]) -> Void)?

  /// The file.
  package let path: [UInt8]
  private let sources: ConfigurationSources
  private let log: Log
  private let loop: EventLoop
  private let initial: RestartSettings
  private let identity: FileIdentity?
  /// Runs while the way to the file cannot be watched.
  private var renewalTimer: TimerID?
  /// Runs while changes come, one after the other.
  private var timer: TimerID?
  private var firstChange: Instant?
  /// Whether the file is to be read even if it is the same: what it refers to may not be.
  private var isAsked = false
  /// The file that was read last, valid or not.
  private var last: (identity: FileIdentity, hash: UInt64)?

  /// Editors and tools save in several steps: so long nothing more has to happen.
  private static let quiet = TimeSpan.milliseconds(100)
  /// How long to wait for it at most, and for whoever has the file open for writing.
  private static let patience = TimeSpan.seconds(1)

  /// How long until what could not be watched is tried again.
  private static let renewal = TimeSpan.seconds(5)

  /// `identity` is which file it was just before it was loaded.
  package init(
    of path: [UInt8], _ identity: FileIdentity?, from sources: ConfigurationSources,
    inForce configuration: Configuration, log: Log, loop: EventLoop
  ) {
    self.path = path
    self.sources = sources
    self.log = log
    self.loop = loop
    initial = RestartSettings(configuration)
    self.identity = identity
  }

  /// Reads the file again whenever it changes. Without that, where the system cannot watch it, SIGHUP still does.
  package func watch() {
    do throws(SystemError) {
      let watch = try FileWatch(path)
      _ = try loop.register(watch.number, for: .read) { [self] _ in
        guard watch.take() else { return }
        fileChanged()
        renew(watch)
      }
      if FileIdentity(at: path) != identity { fileChanged() }
    } catch {
      log.write(.warning, "configuration_not_watched") { line in
        line.field("reason", error.reason)
        line.field("message", "only SIGHUP reloads it")
      }
    }
  }

  /// Follows the file to where it is now; where that fails, once more after a while, for a change may have been missed.
  private func renew(_ watch: FileWatch) {
    loop.cancel(renewalTimer)
    do throws(SystemError) {
      try watch.renew()
      renewalTimer = nil
    } catch {
      if renewalTimer == nil {
        log.write(.warning, "configuration_not_watched") { line in
          line.field("reason", error.reason)
          line.field("message", "tried again every 5 s; SIGHUP reloads it meanwhile")
        }
      }
      renewalTimer = loop.schedule(after: Reload.renewal) { [self] in
        fileChanged()
        renew(watch)
      }
    }
  }

  private func fileChanged() {
    let first = firstChange ?? loop.now
    firstChange = first
    loop.cancel(timer)
    timer = loop.schedule(at: min(loop.now + Reload.quiet, first + Reload.patience)) { [self] in
      read()
    }
  }

  /// Reads the file again, whether it has changed or not, and puts it in force if it is valid.
  package func begin() {
    isAsked = true
    read()
  }

  /// Puts nothing in force any more, and lets go of whom it told.
  package func end() {
    onValid = nil
    onFaults = nil
  }

  /// Puts the file in force that Postern itself has just saved. If somebody else has saved since, theirs is read, once
  /// it is whole.
  package func adopt(_ saved: ConfigurationStore.Saved) {
    guard FileIdentity(at: path) == saved.identity else { return read() }
    take(saved.text, saved.identity, since: Instant.now)
  }

  private func read() {
    loop.cancel(timer)
    let start = Instant.now
    do throws(SystemError) {
      let file = try FileSnapshot(of: path, limit: INIDocument.readingLimit)
      if file.isBeingWritten, loop.now - (firstChange ?? loop.now) < Reload.patience {
        return fileChanged()
      }
      firstChange = nil
      take(file.contents, file.identity, since: start)
    } catch {
      firstChange = nil
      isAsked = false
      last = nil
      refuse(["\(path): \(error.readingReason)"])
    }
  }

  private func take(_ text: [UInt8], _ identity: FileIdentity, since start: Instant) {
    var hash = SipHash(key: SipHash.Key(0, 0))
    hash.combine(text.span)
    let this = (identity: identity, hash: hash.finish())
    if !isAsked, let last, last == this { return }
    isAsked = false
    last = this
    finish(Configuration.load(text, from: sources), since: start)
  }

  private func finish(_ report: ConfigurationReport, since start: Instant) {
    var errors: [Text] = []
    for finding in report.findings {
      let text = Text(Array(finding.text(file: path).dropLast()))
      if finding.severity == .error {
        errors.append(text)
      } else {
        log.write(.warning, "configuration_warning") { $0.field("message", text) }
      }
    }
    guard let configuration = report.configuration else { return refuse(errors) }
    // What is said of it should be seen under the settings of both.
    log.level = max(log.level, configuration.log.logLevel)
    log.format = configuration.log.logFormat
    onValid?(configuration)
    onFaults?([])
    let late = initial.differences(from: RestartSettings(configuration))
    log.write(.info, "configuration_reloaded") { line in
      line.field("file", path)
      line.field("bots", configuration.bots.count)
      line.field("integrations", configuration.integrations.count)
      line.field("ms", (Instant.now - start).milliseconds)
    }
    if !late.bytes.isEmpty {
      log.write(.warning, "restart_needed") { line in
        line.field("settings", late)
        line.field("message", "these settings are put in force by a restart")
      }
    }
    log.level = configuration.log.logLevel
  }

  /// The most errors that are told of one file; `postern check` tells all.
  private static let mostErrors = 50

  private func refuse(_ all: [Text]) {
    var errors = Array(all.prefix(Reload.mostErrors))
    if errors.count < all.count {
      errors.append("\(path): and \(all.count - errors.count) more errors")
    }
    for error in errors {
      log.write(.error, "configuration_invalid") { line in
        line.field("message", error)
        line.field("in_force", "the configuration before")
      }
    }
    onFaults?(errors.map { $0.bytes })
  }
}

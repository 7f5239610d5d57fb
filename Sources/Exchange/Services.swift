package import EventLoop
package import HTTPClient
package import Logging
package import Platform

/// What every exchange works with. A class, so that it is one reference to hold and to count.
package final class Services {
  /// The loop that all runs on.
  package let loop: EventLoop
  /// Requests to backends.
  package let client: any BackendClient
  /// The log.
  package let log: Log
  /// Identifiers and draws.
  package let random: RandomSource

  /// Services from their parts.
  package init(loop: EventLoop, client: any BackendClient, log: Log, random: RandomSource) {
    self.loop = loop
    self.client = client
    self.log = log
    self.random = random
  }
}

package import EventLoop
package import HTTPClient
package import Logging
package import Platform

/// What every exchange uses. A class, so that an exchange holds one reference.
package final class Services {
  /// The event loop.
  package let loop: EventLoop
  /// Sends requests to backends.
  package let client: any BackendClient
  /// The log.
  package let log: Log
  /// Random numbers for ids and draws.
  package let random: RandomSource

  /// Services from their parts.
  package init(loop: EventLoop, client: any BackendClient, log: Log, random: RandomSource) {
    self.loop = loop
    self.client = client
    self.log = log
    self.random = random
  }
}

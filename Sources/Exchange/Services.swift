public import EventLoop
public import HTTPClient
public import Logging
public import Platform

/// What every exchange works with. A class, so that it is one reference to hold and to count.
public final class Services {
  /// The loop that all runs on.
  public let loop: EventLoop
  /// Requests to backends.
  public let client: any BackendClient
  /// The log.
  public let log: Log
  /// Identifiers and draws.
  public let random: RandomSource

  /// Services from their parts.
  public init(loop: EventLoop, client: any BackendClient, log: Log, random: RandomSource) {
    self.loop = loop
    self.client = client
    self.log = log
    self.random = random
  }
}

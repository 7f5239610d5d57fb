/// What has gone through a server since its start. Clients that are refused for the form of their request, before it is
/// one, are not in it.
public struct ServerTraffic {
  /// The bytes of requests' bodies that came.
  public internal(set) var receivedBytes: Int64 = 0
  /// The bytes of answers' bodies that went out or were about to.
  public internal(set) var sentBytes: Int64 = 0
  /// The answers, by the first digit of their status, from 2 to 5.
  public private(set) var responses = [Int](repeating: 0, count: 4)

  /// The clients that the server turned away by itself, by ``TurnedAway``.
  private var turnedAway = [Int](repeating: 0, count: TurnedAway.allCases.count)

  /// How many clients the server turned away for this reason.
  public func count(of reason: TurnedAway) -> Int { turnedAway[reason.rawValue] }

  /// Counts a client that the server turns away.
  mutating func count(_ reason: TurnedAway) { turnedAway[reason.rawValue] += 1 }

  /// Counts an answer, and its body where that is whole.
  mutating func count(_ response: Response, hasBody: Bool) {
    responses[response.status / 100 - 2] += 1
    if hasBody { sentBytes += Int64(response.content.count) }
  }
}

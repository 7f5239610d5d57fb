import Bytes
import JSON

/// What Slack posts; https://api.slack.com/apis/events-api
enum SlackEvent {
  /// Slack asks whether the address is right; the answer is the challenge.
  case verification(challenge: [UInt8])
  /// A message of a person.
  case message(SlackMessage)
  /// Anything else.
  case other

  /// Reads a body.
  init(_ body: JSONValue) {
    if body.member("type", is: "url_verification"), let challenge = body["challenge"]?.string {
      self = .verification(challenge: challenge)
    } else if body.member("type", is: "event_callback"), let event = body["event"],
      let message = SlackMessage(event, of: body)
    {
      self = .message(message)
    } else {
      self = .other
    }
  }
}

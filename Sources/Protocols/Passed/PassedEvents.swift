import Bytes
import JSON

/// The events of a stream that is passed on as it comes.
final class PassedEvents {
  private let purpose: Purpose
  /// The last event that says what the request took.
  private(set) var account: JSONValue?

  init(_ purpose: Purpose) {
    self.purpose = purpose
  }

  /// Takes an event, a JSON object.
  ///
  /// Audio has an event for its end; some servers send `[DONE]` instead, or neither. Completions end with `[DONE]` alone.
  func take(_ event: JSONValue, type: [UInt8], into progress: ReplyProgress) {
    if let fault = event.faultOfChoices {
      progress.fault = .noReply(fault)
      return
    }
    progress.note(model: event["model"])
    if event["usage"]?.kind == .object { account = event }
    if purpose.isAudio,
      event.member("type", is: "speech.audio.done")
        || event.member("type", is: "transcript.text.done")
    {
      progress.isFinished = true
    }
    let hasOutput = purpose.isAudio || event["choices"]?.isEmpty == false
    if hasOutput {
      progress.note(.beyondText)
    } else if !progress.hasOutput {
      // The client gets nothing before the first output: until then events are kept.
      progress.budget.charge(event.span.count)
    }
    progress.deltas.append(
      .event(type: type, event.span.copied, hasOutput ? .beyondText : .nothing))
  }
}

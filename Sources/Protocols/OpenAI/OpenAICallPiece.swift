import JSON

extension ToolCallAssembly {
  /// Takes a piece of a call in OpenAI's words: an element of a delta's `tool_calls`, which stands at `position` there.
  ///
  /// It belongs to the call of its index or, for backends that do not count, of its position. Returns whether it is
  /// counted.
  @inline(never)
  func take(piece call: JSONValue, at position: Int) -> Bool {
    let number = call["index"]?.integer
    let function = call["function"] ?? call["custom"]
    guard let place = place(of: max(0, number ?? position), id: call["id"], name: function?["name"])
    else { return true }
    for member in call.members
    where !member.name.equals("index") && !member.name.equals("id")
      && !member.name.equals("function")
    {
      append(member, to: place)
    }
    append(call["function"]?["arguments"], to: place)
    release()
    return number != nil
  }
}

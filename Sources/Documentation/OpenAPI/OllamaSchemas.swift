/// The schemas of Ollama's interface.
extension OpenAPISchemas {
  private static let images = #"""
    {"type":["array","null"],"items":{"type":"string","pattern":"^(iVBORw0KGg|/9j/|R0lGOD|UklGR|data:image)"}}
    """#

  private static let noImages = #"{"type":["array","null"],"maxItems":0}"#

  private static let nothing = #"{"enum":[null,false,0,"",[],{}]}"#

  private static let number = #"{"type":["number","null"]}"#

  /// What both requests have.
  private static let shared = #"""
    "model":{"type":"string"},"stream":{"type":["boolean","null"],"default":true},\#
    "format":{"anyOf":[{"enum":["","json",null]},{"type":"object"}]},\#
    "think":{"type":["boolean","string","null"]},"options":{"type":["object","null"],"properties":{\#
    "temperature":\#(number),"top_p":\#(number),"seed":\#(number),"num_predict":\#(number),\#
    "frequency_penalty":\#(number),"presence_penalty":\#(number),"stop":{"type":["string","array","null"]}}}
    """#

  static let ollamaChat = #"""
    {"type":"object","required":["model"],"properties":{\#(shared),"tools":{"type":["array","null"]},\#
    "messages":{"type":["array","null"],"items":{"type":"object","required":["role"],"properties":{\#
    "role":{"type":"string","minLength":1},"content":{"type":["string","null"]},"thinking":{},"tool_name":{},"tool_call_id":{},\#
    "tool_calls":{"type":["array","null"],"items":{"type":"object","required":["function"],"properties":{\#
    "function":{"type":"object","required":["name"],"properties":{"name":{"type":"string"}}}}}}},\#
    "if":{"properties":{"role":{"const":"user"}}},"then":{"properties":{"images":\#(images)}},\#
    "else":{"properties":{"images":\#(noImages)}}}}}}
    """#

  static let ollamaPrompt = #"""
    {"type":"object","required":["model"],"properties":{\#(shared),"prompt":{"type":["string","null"]},\#
    "system":{"type":["string","null"]},"images":\#(images),"suffix":\#(nothing),"raw":\#(nothing),\#
    "template":\#(nothing),"context":\#(nothing)}}
    """#

  static let ollamaReply = #"""
    {"type":"object","required":["model","created_at","done"],"properties":{"model":{"type":"string"},\#
    "created_at":{"type":"string","format":"date-time"},"response":{"type":"string"},"thinking":{"type":"string"},\#
    "message":{"type":"object","required":["role","content"],"properties":{"role":{"const":"assistant"},\#
    "content":{"type":"string"},"thinking":{"type":"string"},"tool_calls":{"type":"array"}}},\#
    "done":{"type":"boolean"},"done_reason":{"enum":["stop","length","content_filter","load","unload"]},\#
    "total_duration":{"type":"integer"},"load_duration":{"type":"integer"},"prompt_eval_count":{"type":"integer"},\#
    "prompt_eval_duration":{"type":"integer"},"eval_count":{"type":"integer"},"eval_duration":{"type":"integer"}}}
    """#

  static let ollamaDetails = #"""
    {"type":"object","required":["parent_model","format","family","families","parameter_size","quantization_level"],\#
    "properties":{"parent_model":{"const":""},"format":{"const":""},"family":{"const":"postern"},\#
    "families":{"const":["postern"]},"parameter_size":{"const":""},"quantization_level":{"const":""}}}
    """#

  static let ollamaModel = #"""
    {"type":"object","required":["name","model","modified_at","size","digest","details"],"properties":{\#
    "name":{"type":"string"},"model":{"type":"string"},"modified_at":{"type":"string","format":"date-time"},\#
    "size":{"const":0},"digest":{"type":"string"},"details":{"$ref":"#/components/schemas/OllamaDetails"}}}
    """#
}

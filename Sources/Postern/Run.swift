import Bytes

func run(argumentCount: Int) -> Int32 {
  var line: [UInt8] = []
  line.append(decimal: argumentCount)
  return line.span.equals("1") ? 0 : 2
}

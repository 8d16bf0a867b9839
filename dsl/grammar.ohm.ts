/**
 * The grammar of the language over the tokens of the layout pass, one start rule a fragment (head, statement, step).
 * A name is `$`, a dotted name `@`, a number `#`, a size `&`, a ratio `~`, a text `"`; keywords and signs stand for
 * themselves and blanks are gone. `Plain` is a shortcut for most arguments. No left recursion, and recursion through brackets alone, so their limit bounds the stack.
 */
export const grammarText = String.raw`
Spikefold {
  Import = "import" Imported ("," Imported)* "from" text
  Imported = name ("as" name)?
  Data = name name ":" Tensor "=" Pipe
  Constant = name "=" Value
  Network = ("network" | "block") name "(" Inputs? ")" "->" Output ("," Output)*
  Inputs = Input ("," Input)* ","?
  Input = name ":" (Tensor | name) ("=" Value)?
  Output = name (":" Tensor)?
  Compile = "compile" path "for" Call ("," Call)*

  Statement = Weights | StepTime | Dynamics | Param | Shared | Require | Assign
  Weights = "weights" Factor ("in" name)? Bindings?
  Bindings = "{" Binding ("," Binding)* ","? "}"
  Binding = path ":" text
  StepTime = "step" Factor
  Dynamics = "dynamics" name
  Param = "param" name ":" Tensor ("=" Value)?
  Shared = "shared" name "=" Chain
  Assign = Output ("," Output)* "=" Value

  Step = Require | Goal | Pass
  Require = "require" Condition ("," text)?
  Goal = ("minimize" | "maximize") name ("," name)*
  Pass = path Arguments

  Tensor = ("signal" | "spikes")? "[" Sum ("," Sum)* ","? "]"
  Value = Branch* Pipe
  Branch = "if" Condition "then" Pipe "else"
  Condition = Both ("or" Both)*
  Both = Relation ("and" Relation)*
  Relation = "not"? Sum (comparison Sum)?
  Pipe = Sum ("->" Stage)*
  Chain = Stage ("->" Stage)*
  Stage = (Repeat | For | Call) As?
  As = "as" name (":" Tensor)?
  Repeat = "repeat" Sum "{" Chain "}"
  For = "for" (name | Names) "in" List "{" Chain "}"
  Names = "(" name ("," name)* ","? ")"
  Sum = Product (additive Product)*
  Product = Factor (multiplicative Factor)*
  Factor = minus? Atom
  Atom = size | ratio | Quantity | text | List | Group | Call
  Quantity = number ("%" | name)?
  List = "[" Value ("," Value)* ","? "]"
  Group = "(" Value ("," Value)* ","? ")"
  Call = path Arguments?
  Arguments = "(" Filled? ")"
  Filled = Argument ("," Argument)* ","?
  Argument = Label? (Plain | Choices)
  Plain = (Quantity | size | path) &("," | ")")
  Choices = Range ("|" Range)*
  Label = word ":"
  Range = Value (".." Sum)?

  name (a name) = "$"
  path (a name) = "$" | "@"
  number (a number) = "#"
  size (a size such as 3x3) = "&"
  ratio (a ratio such as 2:4) = "~"
  text (a text in double quotes) = "\""
  comparison (a comparison) = "==" | "!=" | "<=" | "<" | ">=" | ">"
  additive (an operator) = "+" | minus
  multiplicative (an operator) = "*" | "/"
  minus (an operator) = "-" ~">"
  word (an option) = "$" | keyword
  keyword = "import" | "as" | "from" | "network" | "block" | "compile" | "for" | "in" | "weights" | "step" | "dynamics"
    | "param" | "shared" | "require" | "minimize" | "maximize" | "signal" | "spikes" | "if" | "then" | "else"
    | "and" | "or" | "not" | "repeat"
}
`;

/** Where the grammar starts for each kind of fragment. */
export type Start = "Import" | "Data" | "Constant" | "Network" | "Compile" | "Statement" | "Step";

// Every class of a module is there, or the style sheet's tests would be the page's looks.
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  export default classes;
}
